/** Job `notify`: tells groups and people something and records on the case who was told. */
import { z } from 'zod';
import { channels } from '../notify/channels.ts';
import { findRecipients } from '../notify/recipients.ts';
import type { Recipient } from '../notify/recipients.ts';
import type { Locale } from '../web/locales.ts';
import type { Job, JobHandler, JobServices, JobResult } from '../process/job-handler.ts';

/** `to`: ids of support groups and logins; one of them may stand without a list. */
const inputs = z.object({
  to: z
    .union([z.string().transform((id) => [id]), z.array(z.string())])
    .transform((ids) => ids.filter((id) => id !== '')),
  subject: z.string().default(''),
  text: z
    .string()
    .nullish()
    .transform((text) => text ?? ''),
  locale: z.enum(['zh', 'en']).catch('en'),
});

async function tell(job: Job, { db, log }: JobServices): Promise<JobResult> {
  const { to, subject, text, locale } = inputs.parse({ ...job.headers, ...job.variables });
  const recipients = await findRecipients(db, to, locale);
  if (recipients.length === 0) return {};
  for (const channel of channels) await channel({ key: job.key, subject, text, recipients }, log);
  return { notes: [{ audience: 'notice', text: sentence(recipients, subject, text, locale), to: toldOf(recipients) }] };
}

/** "Told Core experts (Anna, Bo): Response overdue. R-100001 waits." */
function sentence(recipients: readonly Recipient[], subject: string, text: string, locale: Locale): string {
  const zh = locale === 'zh';
  const names = recipients.map(({ name, members }) => {
    const people = (members ?? []).map((member) => member.name).join(zh ? '、' : ', ');
    if (people === '') return name;
    return zh ? `${name}（${people}）` : `${name} (${people})`;
  });
  const what = [subject, text].filter((part) => part !== '').join('\n');
  return zh ? `已通知${names.join('、')}：${what}` : `Told ${names.join(', ')}: ${what}`;
}

/** The groups, and everybody in them. */
function toldOf(recipients: readonly Recipient[]): string[] {
  return [...new Set(recipients.flatMap(({ id, members }) => [id, ...(members ?? []).map((member) => member.login)]))];
}

export const notify: JobHandler = { type: 'notify', external: false, handle: tell };
