import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { MIGRATIONS } from '../../../server/db/migrate.ts';
import { schemaFile } from '../../support/schema.ts';
import { readSearches, readStatements, statementsIn } from '../../support/statements.ts';

/** What no statement may hold: it does not work on several nodes, through a pooler, or gives an order a meaning. */
const FORBIDDEN: [string, RegExp][] = [
  ['a trigger', /\b(create|drop)\s+(or replace\s+)?(constraint\s+)?trigger\b/i],
  ['an advisory lock', /\bpg_(try_)?advisory_/i],
  ['merge', /\bmerge\s+into\b/i],
  ['a temporary table', /\b(temp|temporary)\s+table\b|\binto\s+temp\b/i],
  ['a setting of the session', /(^|;)\s*set\s+(?!(local|transaction)\b)/i],
  ['listen or notify', /\b(un)?listen\s+\w|\bnotify\s+\w|\bpg_notify\b/i],
  [
    'a sequence',
    /\b(next|curr)val\b|\b(big|small)?serial\b|\bgenerated\s+(always|by default)\s+as\s+identity\b|\bcreate\s+sequence\b/i,
  ],
  ['skip locked', /\bskip\s+locked\b/i],
  ['a page by offset', /\boffset\s+(\$|\d)/i],
];

/** Tables without a bucket: small, rarely written, and whole on every node. */
const REFERENCE: Record<string, string> = {
  api_tokens: 'people',
  definitions: 'what was deployed',
  migrations: 'the schema itself',
  number_blocks: 'numbers are handed out in blocks',
  release_resources: 'what was deployed',
  releases: 'what was deployed',
  resources: 'what was deployed',
  retention_rules: 'policies',
  sessions: 'people',
  start_timers: 'what was deployed',
  support_groups: 'people',
  users: 'people',
};

/** Statements that look into all buckets, and why they may. Everything else names one, or joins what it is given. */
const ACROSS: Record<string, string> = {
  'archive.ts createMonth': 'a definition; once a month',
  'archive.ts findKept': 'retention: in the background, one month',
  'archive.ts readMovable': 'retention: in the background, so many buckets at a time',
  'archive.ts readRemoved': 'retention: in the background, one month',
  'buffered-messages.ts deleteExpiredMessages': 'upkeep: by expiry',
  'buffered-messages.ts findHandedOver': 'what a crash left',
  'buffered-messages.ts findWaitedFor': 'upkeep: what a crash left',
  'condition.ts readOpenIncidents': 'for operators',
  'condition.ts readOverdueJobs': 'for operators',
  'condition.ts readOverdueTimers': 'for operators',
  'condition.ts readTypes': 'for operators: one probe of an index per type',
  'condition.ts readUndelivered': 'for operators',
  'dedup.ts deleteExpiredDedup': 'upkeep: by expiry',
  'filed-requests.ts deleteOldFiled': 'upkeep: by age',
  'inbox.ts countOfferedTasks': 'the inbox of groups: partial index, counted up to a limit',
  'inbox.ts countOwnTasks': 'the inbox of a person: partial index, counted up to a limit',
  'inbox.ts selectNextOwnTask': 'the inbox of a person: partial index, one line',
  'inbox.ts selectOfferedTasks': 'the inbox of groups: partial index, one page',
  'incident-pages.ts readIncidentsAfter': 'for operators: one page',
  'instance-pages.ts readActiveKeysIn': 'migration of all instances of a version: one page',
  'instance-pages.ts readInstanceKeys': 'export and proof of all: one page',
  'instance-pages.ts readNewestInstances': 'the list of cases: so many lines per process',
  'instance-pages.ts readStartedProcesses': 'the list of cases: one probe of an index per process',
  'job-leases.ts readDueTypes': 'the look of the workers: one row per type',
  'jobs.ts readDueJobs': 'the look of the workers: due rows without lock',
  'jobs.ts readNextJob': 'the look of the workers: one row per type',
  'moved-tickets.ts readMovedTickets': 'live pages: what moved in the last seconds, by the time of change',
  'open-incidents.ts countIncidents': 'for operators: counted up to a limit',
  'open-incidents.ts selectIncidentGroups': 'for operators: counted up to a limit',
  'open-incidents.ts selectIncidentParts': 'for operators: one page',
  'open-incidents.ts selectOpenIncidents': 'for operators: one page',
  'outbox.ts readOutbox': 'the look of the couriers: oldest first, without what is under way',
  'requests.ts deleteExpiredRequests': 'upkeep: by expiry',
  'retention.ts forecastRule': 'retention: for operators',
  'retention.ts readExpired': 'retention: in the background, one page',
  'retention.ts readHolds': 'retention: for operators',
  'subscriptions.ts findSignalSubscribers': 'a signal is for all: index by name',
  'timers.ts readDueTimers': 'the look of the workers: due rows without lock',
  'timers.ts readNextDue': 'the look of the workers: one row',
};

/** What Citus refuses of a statement that looks into all buckets. */
const REFUSED: [string, (text: string) => boolean][] = [
  ['a recursive query', (text) => /\brecursive\b/i.test(text)],
  [
    'a lateral subquery that is not grouped by the bucket',
    (text) => /\blateral\b/i.test(text.replace(/\blateral \((?:(?!\blateral\b).)*? group by \w+\.bucket\)/gi, '')),
  ],
  ['a join that is not on the bucket', (text) => joinsIn(text).some((join) => !isOnBucket(join, text))],
];

/** The joins of a table with a bucket, and the subqueries about one that name a row outside. */
function joinsIn(text: string): { alias: string; on: string }[] {
  const joins = text.matchAll(
    /\bjoin (\w+) (\w+) on (.*?)(?=\b(?:left |cross )?join\b|\bwhere\b|\bunion\b|\border by\b|$)/gi,
  );
  const inside = text.matchAll(/\b(?:exists|lateral) \(select (?:(?!\bfrom\b).)* from (\w+) (\w+) where ([^)]*)/gi);
  return [...joins, ...inside].flatMap(([, table = '', alias = '', on = '']) =>
    bucketed.includes(table) ? [{ alias, on }] : [],
  );
}

/** On the bucket of another table; that of a key will do when it comes from a subquery, which is read before. */
function isOnBucket({ alias, on }: { alias: string; on: string }, text: string): boolean {
  const [, of, keyOf] =
    new RegExp(`\\b${alias}\\.bucket = (?:(\\w+)\\.bucket\\b|\\((\\w+)\\.\\w+ & 4095\\))`).exec(on) ?? [];
  return of !== undefined || (keyOf !== undefined && new RegExp(`\\) ${keyOf}\\b`).test(text));
}

const tables = schemaFile()
  .split(/(?=^create table )/m)
  .map((text) => ({ name: /^create table (\w+)/.exec(text)?.[1] ?? '', text }));
const bucketed = tables.filter(({ text }) => /^ {2}bucket integer not null/m.test(text)).map(({ name }) => name);

/** Does the text touch a table with a bucket without saying which bucket? */
function looksEverywhere(text: string): boolean {
  const touches = bucketed.some((table) =>
    new RegExp(`\\b(from|join|into|update|using|table)\\s+${table}\\b`, 'i').test(text),
  );
  if (!touches || /\bbucket = \$\d/.test(text)) return false;
  // What is left out by its name was looked for everywhere.
  if (/\bwhere not exists \(select 1 from unnest\(/.test(text)) return true;
  const inserts = /insert into \w+ (as \w+ )?\(bucket\b/.test(text);
  if (inserts && /\) values \(\$1/.test(text)) return false;
  const given = /\b(unnest|json_to_recordset)\(\$\d/.test(text);
  return !(given && (inserts || /\b\w+\.bucket = \w+\.bucket\b/.test(text)));
}

describe('the statements of server/db', () => {
  const statements = readStatements();

  it('are found, with the texts that they are put together from', () => {
    expect(statements.length).toBeGreaterThan(150);
    const source = "const t = 'timers';\nfunction f(sql) { return sql.run(`select 1\n from ${t} where x = ${y}`); }";
    expect(statementsIn('x.ts', source)).toEqual([{ place: 'x.ts f', text: 'select 1 from timers where x =' }]);
  });

  it('hold nothing that several nodes or a pooler cannot bear', () => {
    const texts = [
      ...statements,
      ...readdirSync(MIGRATIONS).map((place) => {
        const text = readFileSync(join(MIGRATIONS, place), 'utf8')
          .replace(/--.*$/gm, '')
          .replace(/'(''|[^'])*'/g, "''");
        return { place, text };
      }),
    ];
    const found = texts.flatMap(({ place, text }) =>
      FORBIDDEN.filter(([, pattern]) => pattern.test(text)).map(([what]) => `${place}: ${what}`),
    );
    expect(found).toEqual([]);
  });

  it.each([
    ['create trigger t before insert on x', 'a trigger'],
    ['select pg_advisory_xact_lock(1)', 'an advisory lock'],
    ['merge into x using y', 'merge'],
    ['create temp table x (a int)', 'a temporary table'],
    ["set search_path = 'x'", 'a setting of the session'],
    ['listen x', 'listen or notify'],
    ["select nextval('x')", 'a sequence'],
    ['create table x (id bigserial)', 'a sequence'],
    ['select 1 from x for update skip locked', 'skip locked'],
    ['select 1 from x limit $1 offset $2', 'a page by offset'],
  ])('would not pass with: %s', (text, what) => {
    expect(FORBIDDEN.filter(([, pattern]) => pattern.test(text)).map(([name]) => name)).toEqual([what]);
  });

  it('name one bucket or join what they are given, but for those with a reason', () => {
    const places = statements.filter(({ text }) => looksEverywhere(text)).map(({ place }) => place);
    expect([...new Set(places)].sort()).toEqual(Object.keys(ACROSS).sort());
  });

  it('hold nothing that Citus refuses where they look into all buckets, nor do the searches', () => {
    const everywhere = [...statements, ...readSearches()].filter(({ text }) => looksEverywhere(text));
    expect(everywhere.length).toBeGreaterThan(Object.keys(ACROSS).length);
    const found = everywhere.flatMap(({ place, text }) =>
      REFUSED.filter(([, refuses]) => refuses(text)).map(([what]) => `${place}: ${what}`),
    );
    expect(found).toEqual([]);
  });

  it.each([
    ['with recursive p as (select 1 from instances union all select 1 from p) select 1 from p', 'a recursive query'],
    [
      'select 1 from unnest($1::text[]) p (id) cross join lateral (select 1 from instances where process = p.id limit 1) f',
      'a lateral subquery that is not grouped by the bucket',
    ],
    [
      'select 1 from jobs j join instances i on i.id = j.instance_id where j.type = $1',
      'a join that is not on the bucket',
    ],
    [
      'select 1 from message_subscriptions s join instances i on i.bucket = (s.instance_id & 4095)::int and i.id = s.instance_id',
      'a join that is not on the bucket',
    ],
    [
      'select 1 from tasks t where exists (select 1 from tickets k where k.instance_id = t.instance_id)',
      'a join that is not on the bucket',
    ],
  ])('would not pass on Citus with: %s', (text, what) => {
    expect(REFUSED.filter(([, refuses]) => refuses(text)).map(([name]) => name)).toEqual([what]);
  });

  it('would not pass without a bucket', () => {
    expect(looksEverywhere('select 1 from timers where instance_id = $1')).toBe(true);
    expect(looksEverywhere('delete from timers t using unnest($1::bigint[]) n (id) where t.id = n.id')).toBe(true);
    expect(looksEverywhere('select 1 from timers where bucket = $1 and instance_id = $2')).toBe(false);
  });
});

describe('the schema', () => {
  it('has a bucket first in every key, but in small tables that are whole on every node', () => {
    const without = tables.map(({ name }) => name).filter((name) => name !== '' && !bucketed.includes(name));
    expect(without.sort()).toEqual(Object.keys(REFERENCE).sort());
    const keys = tables
      .filter(({ name }) => bucketed.includes(name))
      .flatMap(({ name, text }) =>
        [...text.matchAll(/(?:PRIMARY KEY|UNIQUE|FOREIGN KEY|UNIQUE INDEX .* USING btree) \((\w+)/g)].map(
          ([, first]) => `${name} ${first}`,
        ),
      );
    expect(keys.length).toBeGreaterThanOrEqual(bucketed.length);
    expect(keys.filter((key) => !key.endsWith(' bucket'))).toEqual([]);
  });
});
