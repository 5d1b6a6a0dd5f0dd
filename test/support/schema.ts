import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '../../server/db/database.ts';

const path = join(import.meta.dirname, '..', 'schema.sql');

/** The schema that the migrations are expected to make. After a new migration: `node --import tsx test/support/write-schema.ts`. */
export function schemaFile(): string {
  return readFileSync(path, 'utf8');
}

interface Line {
  relation: string;
  line: string;
}

/** The tables, columns, constraints and indexes of a database as readable text, the same on every kind of server. */
export async function describeSchema(db: Database): Promise<string> {
  const tables = await db.query<{ relation: string; options: string | null; partitions: string | null }>(
    `select c.relname as relation, array_to_string(c.reloptions, ', ') as options,
       case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end as partitions
     from pg_class c where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace order by c.relname collate "C"`,
  );
  const columns = await db.query<Line>(
    `select c.relname as relation,
       a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' not null' else '' end
       || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
       || case when a.attidentity <> '' then ' identity' else '' end as line
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
     where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace order by c.relname, a.attnum`,
  );
  const constraints = await db.query<Line>(
    `select c.relname as relation, pg_get_constraintdef(k.oid) collate "C" as line
     from pg_constraint k join pg_class c on c.oid = k.conrelid
     where c.relnamespace = 'public'::regnamespace and k.contype <> 'n' order by c.relname, k.contype, 2`,
  );
  const indexes = await db.query<Line>(
    `select c.relname as relation, pg_get_indexdef(i.indexrelid) collate "C" as line
     from pg_index i join pg_class c on c.oid = i.indrelid
     where c.relnamespace = 'public'::regnamespace
       and not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid) order by c.relname, 2`,
  );
  const of = (lines: Line[], relation: string) => lines.filter((it) => it.relation === relation).map((it) => it.line);
  return tables
    .map(({ relation, options, partitions }) => {
      const inside = [...of(columns, relation), ...of(constraints, relation)].map((line) => `  ${line}`).join(',\n');
      const after = of(indexes, relation).map((line) => `${line};\n`);
      const how = `${options === null ? '' : ` with (${options})`}${partitions === null ? '' : ` partition by ${partitions}`}`;
      return `create table ${relation} (\n${inside}\n)${how};\n${after.join('')}`;
    })
    .join('\n');
}
