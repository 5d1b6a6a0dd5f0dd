/** What somebody asks for when filing a request, as portal and API give it. */
import { z } from 'zod';
import { cleanText } from './clean-text.ts';
import { SERVICES } from './service-catalogue.ts';

/** A text of a person, cleaned; ends are trimmed. */
export const plainText = (longest: number) =>
  z
    .string()
    .transform((text) => cleanText(text).replaceAll('\r\n', '\n').trim())
    .pipe(z.string().max(longest));

export const IMPACTS = ['single', 'group', 'part', 'core'] as const;
export const URGENCIES = ['low', 'medium', 'high', 'critical'] as const;

/** The part that the one who files decides. */
export const newRequest = z.object({
  title: plainText(200).pipe(z.string().min(1)),
  description: plainText(20_000).default(''),
  /** Id of a known service, '' when the requester does not know. */
  service: z.enum(['', ...SERVICES.map((service) => service.id)]).default(''),
  /** Who is affected: one person, a group, part of the functions, the core business. */
  impact: z.enum(IMPACTS).default('single'),
  urgency: z.enum(URGENCIES).default('medium'),
  contact: plainText(200).default(''),
  /** When it began, RFC 3339; filing time when absent. */
  occurredAt: z.iso.datetime({ offset: true }).optional(),
});
export type NewRequest = z.infer<typeof newRequest>;
