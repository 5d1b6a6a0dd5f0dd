/**
 * Statements as Citus routes them to one shard. Ours take arrays of rows, whose buckets may differ; here each becomes one
 * statement per bucket, which names that bucket:
 * - an UPDATE, DELETE or SELECT that joins its arrays says `bucket = $n` beside the join: that alone decides about the shard
 *   (https://github.com/citusdata/citus/issues/2409; UPDATE ... FROM UNNEST in src/test/regress/sql/with_modifying.sql);
 * - an INSERT ... SELECT from arrays would be collected on the node that is asked and copied into the shards; rows of
 *   VALUES go to theirs directly (https://docs.citusdata.com/en/stable/develop/reference_dml.html).
 */
import type { Database } from './database.ts';
import type { Parameter, Sql } from './sql.ts';

/** The database, with every statement split so that it names one bucket. */
export function byBucket(database: Database): Database {
  return {
    ...database,
    ...splitting(database),
    citus: true,
    transaction: (work) => database.transaction((tx) => work(splitting(tx))),
    atOnce: (...stages) => database.atOnce(...stages.map((stage) => (tx: Sql) => stage(splitting(tx)))),
  };
}

/** All statements are given before one is waited for: `atOnce` takes none later. */
function splitting(sql: Sql): Sql {
  return {
    query: async <Row extends object>(text: string, parameters: readonly Parameter[] = []) =>
      (await Promise.all(split(text, parameters).map((it) => sql.query<Row>(it.text, it.parameters)))).flat(),
    run: async (text, parameters = []) => {
      const counts = await Promise.all(split(text, parameters).map((it) => sql.run(it.text, it.parameters)));
      return counts.reduce((sum, count) => sum + count, 0);
    },
  };
}

interface Statement {
  text: string;
  parameters: readonly Parameter[];
}

/** insert into TABLE (bucket, ...) select LIST from ARRAYS or JSON, and the rest. */
const INSERT =
  /^(\s*insert into \w+ (?:as \w+ )?\(bucket,[^()]*\))\s*select\s+(.*?)\s+from\s+(?:unnest\(([^()]*)\)|json_to_recordset\(\$(\d+)::json\) as given \(([^()]*)\))(.*)$/s;
/** Arrays of which the first are buckets. */
const ARRAYS = /\bunnest\((\$1::int\[\],[^()]*)\)/;
const JOINS = /\b(\w+)\.bucket = \w+\.bucket\b/g;

/** The statements that do together what this one does. */
function split(text: string, parameters: readonly Parameter[]): Statement[] {
  const [, head, list, arrays, place, members, tail] = INSERT.exec(text) ?? [];
  if (head !== undefined && list !== undefined && tail !== undefined) {
    const given =
      arrays === undefined ? fromJson(parameters[Number(place) - 1], members ?? '') : fromArrays(parameters, arrays);
    const values = list === '*' ? given.columns.map(({ name }) => name).join(', ') : list;
    return [...byFirst(given.rows, ({ bucket }) => bucket).values()]
      .flatMap(inPowersOfTwo)
      .map((rows) => insertOf({ head, values, tail }, given.columns, rows, parameters));
  }
  const joined = ARRAYS.exec(text)?.[1];
  if (joined === undefined || text.search(JOINS) < 0) return [{ text, parameters }];
  const bucket = `$${parameters.length + 1}::int`;
  const routed = text.replace(JOINS, (join, table: string) => `${join} and ${table}.bucket = ${bucket}`);
  const places = placesIn(joined).map(({ place: it }) => it);
  const rows = arrayAt(parameters, 0).map((value, index) => ({ value, index }));
  return [...byFirst(rows, ({ value }) => value)].map(([value, those]) => {
    const of = (parameter: Parameter, index: number): Parameter =>
      places.includes(index) ? those.map((it) => arrayAt(parameters, index)[it.index] ?? null) : parameter;
    return { text: routed, parameters: [...parameters.map(of), value] };
  });
}

interface Column {
  name: string;
  type: string;
}

/** The values of a row by the names of the columns. */
type Row = Readonly<Record<string, Parameter>>;

interface Given {
  columns: Column[];
  rows: Row[];
}

function fromArrays(parameters: readonly Parameter[], list: string): Given {
  const places = placesIn(list);
  const columns = places.map(({ place, type }) => ({ name: place === 0 ? 'bucket' : `c${place}`, type }));
  const rows = arrayAt(parameters, 0).map((_, row) =>
    Object.fromEntries(
      columns.map(({ name }, index) => [name, arrayAt(parameters, places[index]?.place ?? 0)[row] ?? null]),
    ),
  );
  return { columns, rows };
}

function fromJson(text: Parameter | undefined, members: string): Given {
  const columns = members.split(',').map((member) => {
    const [name = '', type = ''] = member.trim().split(/\s+/);
    return { name, type };
  });
  // What such a statement is given is a list of objects, whose values its columns can take.
  return { columns, rows: JSON.parse(String(text)) as Row[] };
}

/** `$1::int[], $2::text[]` as places from 0 and types of elements. */
function placesIn(list: string): { place: number; type: string }[] {
  return [...list.matchAll(/\$(\d+)::(\w+)\[\]/g)].map(([, place, type = '']) => ({ place: Number(place) - 1, type }));
}

function arrayAt(parameters: readonly Parameter[], place: number): readonly Parameter[] {
  const parameter = parameters[place];
  if (!Array.isArray(parameter)) throw new Error(`Expected parameter ${place + 1} to be an array, but it is none.`);
  return parameter as readonly Parameter[];
}

/** The bucket is one parameter for all rows. */
function insertOf(
  { head, values, tail }: { head: string; values: string; tail: string },
  columns: readonly Column[],
  rows: readonly Row[],
  parameters: readonly Parameter[],
): Statement {
  const given: Parameter[] = [];
  const add = (value: Parameter): string => `$${given.push(value)}`;
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  const bucket = types.has('bucket') ? `${add(rows[0]?.['bucket'] ?? null)}::int` : '';
  const tuples = rows.map((row) => {
    const tuple = values.replace(/\$(\d+)|\b\w+\b/g, (word, place: string | undefined) => {
      if (place !== undefined) return add(parameters[Number(place) - 1] ?? null);
      const type = types.get(word);
      if (type === undefined) return word;
      return word === 'bucket' ? bucket : `${add(row[word] ?? null)}::${type}`;
    });
    return `(${tuple})`;
  });
  return { text: `${head} values ${tuples.join(', ')}${tail}`, parameters: given };
}

function byFirst<T>(items: readonly T[], keyOf: (item: T) => Parameter | undefined): Map<Parameter, T[]> {
  const groups = new Map<Parameter, T[]>();
  for (const item of items) {
    const key = keyOf(item) ?? null;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** A statement takes at most 65,535 parameters. */
const MOST_ROWS = 1024;

/** So that there are few texts: each is prepared once on every connection. */
function inPowersOfTwo<T>(items: readonly T[]): T[][] {
  const parts: T[][] = [];
  for (let from = 0; from < items.length;) {
    const size = Math.min(MOST_ROWS, 2 ** Math.floor(Math.log2(items.length - from)));
    parts.push(items.slice(from, from + size));
    from += size;
  }
  return parts;
}
