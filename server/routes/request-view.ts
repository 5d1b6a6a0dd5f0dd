/** A ticket as its requester sees it: sentences instead of fields. */
import type { Directory } from '../desk/directory.ts';
import { plainStatus, STEPS } from '../desk/status.ts';
import type { PlainStatus } from '../desk/status.ts';
import type { Ticket } from '../db/ticket.ts';
import type { Context } from '../web/context.ts';
import { timeText } from '../web/format.ts';

/** What the portal shows of a ticket. */
export interface PlainView extends Pick<PlainStatus, 'late' | 'asked'> {
  /** "With the database experts since 10:40, in work. Next news by 11:00." */
  status: string;
  steps: { name: string; phase: 'done' | 'now' | 'ahead' }[];
}

export function plainView(ticket: Ticket, directory: Directory, { t, locale, zone, now }: Context): PlainView {
  const { key, step, since, newsBy, late, asked } = plainStatus(ticket, now);
  const at = (instant: number) => timeText(instant, locale, zone, now);
  const status = t(`portal:status.${key}`, { group: directory.group(ticket.group), since: at(since) });
  const news = newsBy === null ? '' : t('portal:status.newsBy', { at: at(newsBy) });
  const reached = STEPS.indexOf(step);
  const steps = STEPS.map((name, index) => {
    const done = index < reached || (step === 'closed' && index === reached);
    return { name, phase: done ? ('done' as const) : index === reached ? ('now' as const) : ('ahead' as const) };
  });
  return { status: locale === 'zh' ? status + news : `${status} ${news}`.trim(), late, asked, steps };
}
