/** Cron texts: the old engine counts the days of the week from 1 (Sunday), and `5/10` goes on to the end of the field. */

/** The last value of each field: second, minute, hour, day, month. */
const LAST = [59, 59, 23, 31, 12];

const DAY_OF_WEEK = 5;

/** Six fields, or seven with years. */
export function isCron(text: string): boolean {
  return /^(?:[\w*?,/#-]+\s+){5,6}[\w*?,/#-]+$/u.test(text.trim());
}

/** The same times in the form that is read here: Sunday is 0, steps have a range or a star. */
export function translateCron(text: string): string {
  const fields = text.trim().split(/\s+/u);
  return fields
    .map((field, place) => {
      const parts = field.split(',').map((part) => stepped(place === DAY_OF_WEEK ? shifted(part) : part, place));
      return parts.join(',');
    })
    .join(' ');
}

function stepped(part: string, place: number): string {
  const [, from, step] = /^(\d+)\/(\d+)$/u.exec(part) ?? [];
  const last = place === DAY_OF_WEEK ? 6 : LAST[place];
  if (from === undefined || step === undefined || last === undefined) return part === '?' ? '*' : part;
  return Number(from) === 0 ? `*/${step}` : `${from}-${last}/${step}`;
}

/** Numbers before a step or an ordinal are days. */
function shifted(part: string): string {
  return part.replace(/^(\d)(?:-(\d))?/u, (_whole, from: string, to: string | undefined) => {
    const days = [from, to].filter((day) => day !== undefined).map((day) => String(Number(day) - 1));
    return days.join('-');
  });
}
