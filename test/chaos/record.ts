/** What the servers have said to the clients; kept outside of them, in memory and in a file. */
import { appendFileSync } from 'node:fs';

/** One acknowledged command. */
export type Acknowledged =
  /** The case is under way; `instance` is its key where the answer named it. */
  | { kind: 'begin'; case: string; instance?: string }
  /** The task was completed by exactly this request. */
  | { kind: 'complete'; case: string; task: string; tag: string }
  /** The message was taken, for this instance where the answer named it. */
  | { kind: 'reply'; case: string; instance?: string }
  | { kind: 'ticket'; title: string; number: string };

export interface Record {
  acknowledged: Acknowledged[];
  /** Answers that no trouble explains: neither done, nor refused for a reason, nor "come again later". */
  unexpected: string[];
  acknowledge(what: Acknowledged): void;
}

/** @param file where each acknowledgement is appended as a line of JSON */
export function newRecord(file: string): Record {
  const acknowledged: Acknowledged[] = [];
  return {
    acknowledged,
    unexpected: [],
    acknowledge(what) {
      acknowledged.push(what);
      appendFileSync(file, `${JSON.stringify(what)}\n`);
    },
  };
}
