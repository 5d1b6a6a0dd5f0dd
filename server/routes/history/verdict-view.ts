/** The verdict on a history as the page shows it. */
import type { Verdict } from '../../../engine/index.ts';
import type { HistoryVerdict, Integrity } from '../../process/history.ts';
import type { Translate } from '../../web/locales.ts';

export interface VerdictView {
  label: string;
  /** Stays the same in all languages. */
  code: string;
  text: string;
  hint: string;
  tone: 'good' | 'danger' | 'warn';
}

export function verdictViews({ integrity, execution }: HistoryVerdict, t: Translate): VerdictView[] {
  return [integrityView(integrity, t), ...(execution ? [executionView(execution, t)] : [])];
}

function integrityView(integrity: Integrity, t: Translate): VerdictView {
  const label = t('history:integrity');
  if (!integrity.intact) {
    const hint = `${t('history:brokenHint')} ${integrity.reason}`;
    return { label, code: 'BROKEN', text: t('history:broken', { seq: integrity.seq }), hint, tone: 'danger' };
  }
  const hint = t('history:intactHint', { count: integrity.rows });
  return { label, code: 'INTACT', text: t('history:intact'), hint, tone: 'good' };
}

function executionView(verdict: Verdict, t: Translate): VerdictView {
  const tones = { REPRODUCED: 'good', UNREPLAYABLE: 'warn', DIVERGED: 'danger', MISSING: 'danger', EXTRA: 'danger' };
  const told = {
    ...verdict,
    expected: 'expected' in verdict ? (JSON.stringify(verdict.expected) ?? '–') : '',
    recorded: 'recorded' in verdict ? JSON.stringify(verdict.recorded) : '',
  };
  return {
    label: t('history:reexecution'),
    code: verdict.verdict,
    text: t(`history:verdicts.${verdict.verdict}`, told),
    hint: t(`history:verdictHints.${verdict.verdict}`, told),
    tone: tones[verdict.verdict] as VerdictView['tone'],
  };
}
