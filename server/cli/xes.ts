/** Histories as an event log: XES, IEEE 1849-2016. One trace per instance, one event per beginning and end of an element. */
import type { Event } from '../../engine/index.ts';
import { parseStored } from '../db/journal.ts';
import type { JournalRow, StoredRow } from '../db/journal.ts';
import type { Services } from '../services.ts';

/** What comes before the traces. */
export const XES_START = `<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
  <extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
  <extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>`;

/** What comes after them. */
export const XES_END = '</log>';

/** The trace of one history; elements are called by their names in the diagram. */
export async function traceOf(
  { runtime }: Pick<Services, 'runtime'>,
  instance: string,
  rows: readonly StoredRow[],
): Promise<string> {
  const history = rows.map(parseStored);
  const first = history[0]?.command;
  const release = first?.type === 'Start' ? await runtime.release(first.release) : null;
  const models = [...(release?.processes.values() ?? [])];
  const nameOf = (id: string): string =>
    models.map((model) => model.elements.find((element) => element.id === id)?.name).find(Boolean) ?? id;
  const process = first?.type === 'Start' ? first.process : '';
  const elements = new Map<number, string>();
  const events = history.flatMap((row) =>
    row.events.flatMap((event) => {
      if (event.type === 'TokenCreated' || event.type === 'FlowTaken') elements.set(event.token, event.element);
      const id = 'token' in event ? elements.get(event.token) : undefined;
      return id === undefined ? [] : eventText(row, event, id, nameOf(id));
    }),
  );
  return [`  <trace>${text('concept:name', instance)}${text('process', process)}`, ...events, '  </trace>'].join('\n');
}

function eventText({ at, actor }: JournalRow, event: Event, id: string, name: string): string[] {
  const transition = transitionOf(event);
  if (transition === null) return [];
  const time = `<date key="time:timestamp" value="${new Date(at).toISOString()}"/>`;
  const who = text('org:resource', actor);
  const what = `${text('concept:name', name)}${text('element', id)}${text('lifecycle:transition', transition)}`;
  return [`    <event>${what}${time}${who}</event>`];
}

function transitionOf({ type }: Event): 'start' | 'complete' | 'ate_abort' | null {
  if (type === 'ElementEntered') return 'start';
  if (type === 'ElementCompleted') return 'complete';
  return type === 'ElementTerminated' ? 'ate_abort' : null;
}

function text(key: string, value: string): string {
  return `<string key="${key}" value="${escape(value)}"/>`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Also without the control characters that XML cannot hold. */
function escape(value: string): string {
  return value.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '').replace(/[&<>"]/g, (it) => ENTITIES[it] ?? it);
}
