import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { systemClock } from '../../../server/clock.ts';
import { openDatabase } from '../../../server/db/database.ts';
import type { Database, DatabaseOptions } from '../../../server/db/database.ts';
import { createRuntime } from '../../../server/process/runtime.ts';
import type { Runtime } from '../../../server/process/runtime.ts';
import { definitions, end, flows, node, process, start } from '../../support/bpmn.ts';
import { commandLine, realCommand } from '../../support/command-line.ts';
import { cloneOptions } from '../../support/database.ts';
import { postgresPrograms } from '../../support/postgres.ts';
import { taskAt } from '../../support/runtime.ts';

const WORK = definitions(
  process('work', start(), node('userTask', 'do', 'name="Do &amp; &lt;see&gt;"'), end(), flows('start -> do -> end')),
);
const TWICE = WORK.replaceAll('work', 'twice').replace(/name="Do[^"]*"/, 'name="Do"');
const STUCK = definitions(
  process(
    'stuck',
    start(),
    node('exclusiveGateway', 'which'),
    end('yes'),
    end('no'),
    flows('start -> which', 'which -[1 = 2]-> yes', 'which -[1 = 3]-> no'),
  ),
);

/** What the command works on: PostgreSQL where it is installed, else a data folder, which only one process opens. */
const bin = postgresPrograms();
const folder = mkdtempSync(join(tmpdir(), 'lanework-cli-'));
const options: DatabaseOptions = bin === null ? { dataDir: folder } : await cloneOptions(bin);
const environment: Record<string, string> =
  options.url === undefined ? { DATA_DIR: folder } : { DATABASE_URL: options.url };
const lanework = commandLine(environment);

/** Opens the database for as long as the work takes. */
async function within<T>(work: (runtime: Runtime, db: Database) => Promise<T>): Promise<T> {
  const db = await openDatabase(options);
  try {
    return await work(createRuntime({ db, clock: systemClock(), log: pino({ level: 'silent' }) }), db);
  } finally {
    await db.close();
  }
}

describe('the command line', () => {
  const file = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  let keys: string[];

  beforeAll(async () => {
    expect(await lanework('migrate')).toMatchObject({ code: 0 });
    const ran = await lanework('deploy', file('work.bpmn', WORK), '--note', 'first', '--json');
    expect(ran.err).toBe('');
    expect(JSON.parse(ran.out)).toMatchObject({ changed: true, problems: [] });
    keys = await within(async (runtime) => {
      const begun = [];
      for (const businessKey of ['A', 'B', 'C']) {
        const request = { process: 'work', variables: {}, actor: 'user:bo', businessKey };
        begun.push((await runtime.start(request)).instance);
      }
      const [first] = begun;
      const task = taskAt(first ?? null, 'do');
      const asked = { type: 'CompleteTask', at: Date.now(), actor: 'user:bo', task, variables: {} } as const;
      await runtime.submit(first?.id ?? '', asked);
      return begun.map(({ id }) => id);
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('says what it can do, and what was wrong with a call', async () => {
    const help = await realCommand(environment)();
    expect(help).toMatchObject({ code: 0, err: '' });
    expect(help.out).toMatch(/ {2}doctor +Checks configuration/);
    expect((await lanework('verify', '--help')).out).toMatch(/lanework verify --all \[--process ID\] \[--json\]/);
    expect(await realCommand(environment)('instance')).toMatchObject({
      code: 2,
      err: 'Expected a command, but found "instance". See lanework --help.\n',
    });
    expect(await lanework('instances', 'list', '--limit', 'many')).toMatchObject({
      code: 2,
      err: 'Expected --limit to be a whole number of at least 1, but found "many". See lanework instances --help.\n',
    });
    // Without its dashes this would do what was only to be shown.
    expect(await lanework('migrate', 'dry-run')).toMatchObject({
      code: 2,
      err: 'Expected options only, but found "dry-run". See lanework migrate --help.\n',
    });
    expect((await lanework('verify', '--bogus')).err).toBe("Unknown option '--bogus'. See lanework verify --help.\n");
    expect(await lanework('instances', 'list', '--status', 'done')).toMatchObject({
      code: 2,
      err: 'Expected --status active, completed, failed, cancelled, but found "done". See lanework instances --help.\n',
    });
  });

  it('deploys files, tells their problems, and stores nothing that is wrong', async () => {
    const refused = await lanework('deploy', file('broken.bpmn', WORK.replace('sourceRef="start"', 'sourceRef="x"')));
    expect(refused.code).toBe(1);
    expect(refused.out).toMatch(/broken\.bpmn: error .*\nNothing was deployed\.\n$/s);
    expect((await lanework('deploy', join(folder, 'work.bpmn'))).out).toMatch(/Nothing has changed: release \d+ has/);
    const none = join(folder, 'none.bpmn');
    expect((await lanework('deploy', none)).err).toBe(`Expected a file ${none}, but found none. Correct the path.\n`);
    expect((await lanework('deploy', folder)).err).toContain('but found a folder');
  });

  it('tells what is doubtful in a file that it deploys', async () => {
    const dangling = WORK.replaceAll('work', 'dangling').replace(
      /(<bpmn:userTask[^>]*>)/,
      '$1<bpmn:outgoing>x</bpmn:outgoing>',
    );
    const ran = await lanework('deploy', file('dangling.bpmn', dangling));
    expect(ran.out).toMatch(
      /^dangling\.bpmn: warning flow-lists at do: Expected .* names "x".*\nDeployed as release \d+\.\n$/,
    );
    expect(ran.code).toBe(0);
  });

  it('lists instances newest first, page by page, and shows one', async () => {
    const list = async (...words: string[]) => {
      const { out } = await lanework('instances', 'list', '--json', ...words);
      return (JSON.parse(out) as { key: string; status: string; businessKey: string }[]).map((it) => it.businessKey);
    };
    expect(await list('--process', 'work')).toEqual(['C', 'B', 'A']);
    expect(await list('--before', keys[2] ?? '', '--limit', '1')).toEqual(['B']);
    expect(await list('--status', 'completed')).toEqual(['A']);
    const shown = await lanework('instances', 'show', keys[1] ?? '');
    expect(shown.out).toMatch(/^work version 1, \d+ \(B\): active\n.*\n {2}do: active/);
    expect((await lanework('instances', 'show', 'B')).out).toBe(shown.out);
    for (const word of ['4711', 'Z']) {
      expect(await lanework('instances', 'show', word)).toMatchObject({
        code: 1,
        err: `Expected an instance with the key or business key "${word}", but found none. See lanework instances list.\n`,
      });
    }
  });

  it('shows the version of the definition, and asks which of several instances with a business key is meant', async () => {
    await lanework('deploy', file('twice.bpmn', TWICE));
    await lanework('deploy', file('twice.bpmn', TWICE.replace('name="Do"', 'name="Do it"')));
    const twins = await within(async (runtime) => {
      const request = { process: 'twice', variables: {}, actor: 'user:bo', businessKey: 'T' };
      return [(await runtime.start(request)).instance.id, (await runtime.start(request)).instance.id];
    });
    expect((await lanework('instances', 'show', twins[0] ?? '')).out).toMatch(/^twice version 2, /);
    expect((await lanework('instances', 'show', 'T')).err).toBe(
      `Expected one instance with the business key "T", but found 2: ${twins.join(', ')}. Name one by its key.\n`,
    );
  });

  it('cancels what runs, and says what does not', async () => {
    const [done = '', running = ''] = keys;
    const ran = await lanework('instances', 'cancel', running, done, '--reason', 'filed twice');
    expect(ran.code).toBe(1);
    expect(ran.out).toMatch(new RegExp(`^${running} is cancelled\\.\n${done}: Expected `));
    const history = await within((runtime) => runtime.history(running));
    expect(history.at(-1)).toMatchObject({ command: { type: 'Cancel', reason: 'filed twice' } });
    expect(history.at(-1)?.actor).toMatch(/^cli:./);
  });

  it('lets the instances of one version go over to another, tried first', async () => {
    const first = WORK.replaceAll('work', 'moved');
    await lanework('deploy', file('moved.bpmn', first));
    const key = await within(
      async (runtime) => (await runtime.start({ process: 'moved', variables: {}, actor: 'user:bo' })).instance.id,
    );
    await lanework('deploy', file('moved.bpmn', first.replaceAll('"do"', '"act"')));
    const versions = ['instances', 'migrate', 'moved', '--from', '1', '--to', '2'];
    expect(await lanework(...versions, '--dry-run')).toMatchObject({
      code: 0,
      out: 'do goes over to act\n1 would go over, 0 would stay.\n',
    });
    expect((await lanework(...versions, '--dry-run', '--map', 'do=nothing')).out).toContain(
      `${key} stays: do: there is no "nothing"`,
    );
    expect((await lanework('instances', 'show', key)).out).toContain('moved version 1,');
    expect((await lanework(...versions, '--reason', 'a better name')).out).toContain('1 went over, 0 stay.');
    expect((await lanework('instances', 'show', key)).out).toMatch(/moved version 2,.*act: active/s);
    expect(await lanework('instances', 'migrate', 'moved', '--from', '1')).toMatchObject({ code: 2 });
    expect((await lanework('instances', 'migrate', 'moved', '--from', '1', '--to', '9')).err).toContain('version 9');
    expect(await lanework('instances', 'cancel', key)).toMatchObject({ code: 0 });
  });

  it('says which version it is', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await lanework('--version')).toMatchObject({ code: 0, out: `${version}\n` });
  });

  it('lists incidents and tries them again, singly and all', async () => {
    await lanework('deploy', file('stuck.bpmn', STUCK));
    await within(async (runtime) => {
      for (let n = 0; n < 3; n += 1) await runtime.start({ process: 'stuck', variables: {}, actor: 'user:bo' });
    });
    const list = async () => {
      const { out } = await lanework('incidents', 'list', '--kind', 'no-flow', '--json');
      return JSON.parse(out) as { key: string; element: string }[];
    };
    expect(await lanework('incidents', 'list', '--kind', 'nope')).toMatchObject({
      code: 2,
      err: expect.stringContaining('no-flow'),
    });
    const open = await list();
    expect(open.map(({ element }) => element)).toEqual(['which', 'which', 'which']);
    expect(await lanework('incidents', 'resolve', open[0]?.key ?? '')).toMatchObject({
      code: 1,
      out: '0 resolved, 1 failed again, 0 refused.\n',
    });
    expect(await lanework('incidents', 'resolve', open[0]?.key ?? '')).toMatchObject({ code: 1 });
    // What fails again is a new incident, which this call leaves alone.
    expect(JSON.parse((await lanework('incidents', 'resolve', '--all', '--json')).out)).toEqual({
      resolved: 0,
      raised: 3,
      refused: [],
    });
    expect((await list()).some(({ key }) => open.some((it) => it.key === key))).toBe(false);
  });

  it('exports histories whose chain anybody can prove', async () => {
    const { out, code } = await realCommand(environment)('export', keys[0] ?? '');
    expect(code).toBe(0);
    const rows = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows.map(({ seq }) => seq)).toEqual([1, 2]);
    let previous = Buffer.alloc(32);
    for (const { actor, at, command, engine, events, instance, seq, prevHash, hash, step } of rows) {
      const lines = [JSON.stringify({ actor, at, engine, instance, seq }), command, events].join('\n');
      expect(prevHash).toBe(previous.toString('hex'));
      previous = createHash('sha256').update(previous).update(lines).digest();
      expect(hash).toBe(previous.toString('hex'));
      expect(step).toMatchObject({ command: { type: seq === 1 ? 'Start' : 'CompleteTask', at, actor } });
    }
  });

  it('says when it cannot write an export', async () => {
    const nowhere = join(folder, 'none', 'x.ndjson');
    const ran = await lanework('export', '--all', '--out', nowhere);
    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err).toContain(`no such file or directory, open '${nowhere}'`);
  });

  it('exports an event log for process mining', async () => {
    const path = join(folder, 'log.xes');
    expect(await lanework('export', '--all', '--process', 'work', '--format', 'xes', '--out', path)).toMatchObject({
      code: 0,
      out: '',
      err: `3 histories written to ${path}.\n`,
    });
    const log = readFileSync(path, 'utf8');
    expect(log.match(/<trace>/g)).toHaveLength(3);
    expect(log).toContain(
      '<string key="concept:name" value="Do &amp; &lt;see&gt;"/><string key="element" value="do"/><string key="lifecycle:transition" value="complete"/>',
    );
  });

  it('sets how long histories are kept, tells what would go, keeps what is held, and removes the rest', async () => {
    const unknown = await lanework('retention', 'set', 'wrok', '--days', '0');
    expect(unknown.err).toBe(
      'Expected a deployed process with the id "wrok", but there is none. Write it as diagrams do.\n',
    );
    expect((await lanework('retention', 'set', 'work', '--days', '0')).code).toBe(0);
    const [done = '', cancelled = ''] = keys;
    expect((await lanework('hold', 'place', done)).err).toMatch(/^Expected --reason TEXT/);
    expect((await lanework('hold', 'place', done, '--reason', 'a claim')).out).toBe(`${done} is held.\n`);
    expect((await lanework('hold', 'list')).out).toMatch(new RegExp(`${done} .* a claim`));
    const plan = await lanework('retention', 'plan', '--json');
    expect(JSON.parse(plan.out)).toMatchObject({ rules: [{ process: 'work', instances: 1, held: 1, rows: 2 }] });
    expect((await lanework('retention', 'run')).out).toMatch(
      /^2 histories moved to the archive\.\n(.*\n)*work: 1 removed\.\n/,
    );
    expect((await lanework('export', cancelled)).err).toContain(`"${cancelled}", but found none.`);
    expect((await lanework('export', done)).out.match(/\n/g)).toHaveLength(2);
    expect((await lanework('retention', 'unset', 'work')).out).toBe('work: kept for ever.\n');
    expect((await lanework('hold', 'release', done)).out).toBe(`${done} is held no longer.\n`);
  });

  it('knows instances by their business keys, and says when there is none', async () => {
    const proof = '1 histories with 2 rows; 0 with trouble.\n';
    expect(await lanework('verify', 'A')).toMatchObject({ code: 0, out: proof });
    expect((await lanework('export', 'A')).out.match(/\n/g)).toHaveLength(2);
    const none = { code: 1, out: '', err: expect.stringContaining('"99", but found none.') };
    expect(await lanework('verify', '99')).toMatchObject(none);
    expect(await lanework('hold', 'place', '99', '--reason', 'x')).toMatchObject(none);
  });

  it('proves histories, and ends with 1 when one was changed', async () => {
    const good = await lanework('verify', '--all', '--process', 'work');
    expect(good).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^2 histories with \d+ rows; 0 with trouble\.\n$/),
    });
    const [id = ''] = keys;
    await within((_, db) =>
      db.run("update journal_archive set actor = 'user:mallory' where instance_id = $1 and seq = 2", [id]),
    );
    const bad = await lanework('verify', '--all', '--json');
    expect(bad.code).toBe(1);
    expect(JSON.parse(bad.out)).toMatchObject({
      trouble: [{ instance: id, integrity: { intact: false, seq: 2 } }],
    });
  });
});
