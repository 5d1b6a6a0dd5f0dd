/** What the doctor found: an error must be mended, a warning may be meant that way. */
export interface Finding {
  check: string;
  state: 'ok' | 'warning' | 'error';
  found: string;
  /** What to do; null when nothing is to be done. */
  advice: string | null;
}

export const ok = (check: string, found: string): Finding => ({ check, state: 'ok', found, advice: null });

export const warning = (check: string, found: string, advice: string): Finding => {
  return { check, state: 'warning', found, advice };
};

export const error = (check: string, found: string, advice: string): Finding => {
  return { check, state: 'error', found, advice };
};
