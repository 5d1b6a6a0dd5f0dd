import { beforeEach, expect, it } from '@jest/globals';
import type { Database } from '../../../server/db/database.ts';
import { resolveIncidents } from '../../../server/process/resolve-incidents.ts';
import { definitions, end, flows, node, process, start } from '../../support/bpmn.ts';
import { describeDatabase } from '../../support/database.ts';
import { deployDiagram, stage } from '../../support/runtime.ts';
import type { Stage } from '../../support/runtime.ts';

/** Stuck while `open` is false. */
const gate = definitions(
  process('gate', start(), node('exclusiveGateway', 'which'), end(), flows('start -> which -[open]-> end')),
);

describeDatabase('incidents that are tried again', (open) => {
  let db: Database;
  let one: Stage;

  beforeEach(async () => {
    db = await open();
    one = stage(db);
    await deployDiagram(one, gate);
  });

  const stuck = async () => {
    const { instance } = await one.runtime.start({ process: 'gate', variables: { open: false }, actor: 'user:wang' });
    return { instance: instance.id, id: instance.incidents[0]?.id ?? -1 };
  };

  it('say of each what came of it', async () => {
    const [opened, closed] = [await stuck(), await stuck()];
    await one.runtime.submit(opened.instance, {
      type: 'SetVariables',
      at: one.clock.now(),
      actor: 'user:li',
      variables: { open: true },
    });
    const gone = { ...closed, id: 999 };
    const attempts = await resolveIncidents(one, [opened, closed, gone], 'user:li');
    expect(attempts.map(({ result }) => result)).toEqual(['resolved', 'raised', 'refused']);
  });

  it('go on at the time it is then, when there are many', async () => {
    const began = one.clock.now();
    const incidents = await Promise.all(Array.from({ length: 300 }, stuck));
    one.runtime.on('committed', () => one.clock.advance(1000));
    await resolveIncidents(one, incidents, 'user:li');
    const first = await one.runtime.history(incidents[0]?.instance ?? '');
    const last = await one.runtime.history(incidents[299]?.instance ?? '');
    expect(first.at(-1)?.at).toBe(began);
    expect(last.at(-1)?.at).toBeGreaterThan(began);
  });
});
