import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { openDatabase } from '../../../server/db/database.ts';
import { takeFolder } from '../../../server/db/folder-lock.ts';
import { checkNode } from '../../../server/cli/doctor/configuration.ts';
import type { Finding } from '../../../server/cli/doctor/finding.ts';
import { commandLine, realCommand } from '../../support/command-line.ts';
import type { CommandLine } from '../../support/command-line.ts';
import { cloneOptions } from '../../support/database.ts';
import { postgresPrograms } from '../../support/postgres.ts';

async function findings(
  lanework: CommandLine,
): Promise<{ code: number | null; of: (check: string) => Finding | undefined }> {
  const { code, out } = await lanework('doctor', '--json');
  const { findings: all } = JSON.parse(out) as { findings: Finding[] };
  return { code, of: (check) => all.find((it) => it.check === check) };
}

describe('lanework doctor', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lanework-doctor-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('says which variables are wrong', async () => {
    const { code, out } = await commandLine({ PORT: 'x', DATABASE_URL: 'mysql://here' })('doctor');
    expect(code).toBe(1);
    expect(out).toMatch(/ERROR {4}configuration: .*PORT: .*DATABASE_URL: Expected postgres:/s);
    expect(out).toMatch(/\n1 error, 0 warnings, \d+ in order\.\n$/);
  });

  it('refuses a Node.js that is too old', () => {
    expect(checkNode('18.20.1')).toMatchObject({ state: 'error', advice: 'Install Node.js 20.19 or newer.' });
    expect(checkNode('20.18.3').state).toBe('error');
    expect([checkNode('20.19.0').state, checkNode('22.0.0').state]).toEqual(['ok', 'ok']);
  });

  it('makes no database, and says that there is none', async () => {
    const lanework = commandLine({ DATA_DIR: join(folder, 'none') });
    const { code, of } = await findings(lanework);
    expect(code).toBe(0);
    expect(of('data folder')).toMatchObject({ state: 'warning', advice: 'Run lanework start, which makes it.' });
    expect((await lanework('instances')).err).toMatch(
      /Expected an embedded database in .*none, but there is none\. Run/,
    );
  });

  it('says that a server has the embedded database open', async () => {
    mkdirSync(join(folder, 'pglite'));
    const release = takeFolder(folder);
    const warned = await realCommand({ DATA_DIR: folder })('doctor');
    release();
    expect(warned.code).toBe(0);
    expect(warned.out).toMatch(new RegExp(`warning {2}database: .*process ${process.pid} has it open`));
    expect(warned.out).toContain('Ask that server at /readyz');
  });

  it('says that nobody answers', async () => {
    const { code, of } = await findings(commandLine({ DATABASE_URL: 'postgres://localhost:1/none' }));
    expect([code, of('database')?.state]).toEqual([1, 'error']);
    expect(of('database')?.found).toMatch(/ECONNREFUSED/);
  });

  const bin = postgresPrograms();
  (bin === null ? it.skip : it)(
    'looks into PostgreSQL: settings, migrations, clock, work that nobody does',
    async () => {
      const options = await cloneOptions(bin ?? '');
      const lanework = commandLine({ DATABASE_URL: options.url, SAMPLE_CONTENT: 'true' });
      const db = await openDatabase(options);
      const before = await findings(lanework);
      for (const check of ['version', 'encoding', 'migrations', 'clock', 'timers', 'messages', 'jobs', 'incidents']) {
        expect(before.of(check)).toMatchObject({ check, state: 'ok' });
      }
      // The cluster of the tests is fast, not safe.
      expect(before.of('fsync')).toMatchObject({ state: 'error', advice: 'Set fsync = on in postgresql.conf.' });
      expect(before.of('SAMPLE_CONTENT')?.state).toBe('warning');
      expect(before.code).toBe(1);

      const ago = Date.now() - 3600_000;
      await db.run("insert into timers (bucket, instance_id, id, element, due_at) values (0, 4096, 1, 'e', $1)", [ago]);
      await db.run(
        `insert into jobs (bucket, instance_id, id, process, element, type, headers, retries, due_at, created_at)
       values (0, 4096, 2, 'p', 'e', 'pay', '{}', 3, $1, $1), (0, 4096, 3, 'p', 'e', 'mail', '{}', 3, $2, $2)`,
        [ago, Date.now() + 60_000],
      );
      await db.run("insert into incidents select 0, 4096, n, 'p', 'e', 'job', 'no', $1 from generate_series(1, 3) n", [
        ago,
      ]);
      await db.run("delete from migrations where name like '032%'");
      await db.run("update migrations set sha256 = 'other' where name like '031%'");
      const missing = await findings(lanework);
      expect(missing.of('migrations')).toMatchObject({
        found: 'missing: 032_intake.sql',
        advice: 'Run lanework migrate.',
      });
      expect(missing.of('timers')).toBeUndefined();
      await db.run("delete from migrations where name like '031%'");
      await db.run('drop table alerts, alert_groups, filed_requests');
      expect((await lanework('migrate', '--dry-run')).out).toBe('would run 031_alerts.sql\nwould run 032_intake.sql\n');
      expect((await lanework('migrate')).out).toBe('ran 031_alerts.sql\nran 032_intake.sql\n');
      const late = await findings(lanework);
      await db.close();
      const sinceAnHour = (count: number) => expect.stringMatching(new RegExp(`^${count}, the oldest since 6\\d min$`));
      expect(late.of('timers')).toMatchObject({ state: 'error', found: sinceAnHour(1) });
      expect(late.of('jobs of type pay')).toMatchObject({ state: 'warning', found: sinceAnHour(1) });
      expect(late.of('jobs of type mail')).toBeUndefined();
      expect(late.of('incidents')).toMatchObject({ state: 'warning', found: sinceAnHour(3) });
    },
  );
});
