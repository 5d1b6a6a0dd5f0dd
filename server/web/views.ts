/** The view engine: Handlebars with the helpers that every view may use. */
import { join } from 'node:path';
import type { Express } from 'express';
import { create } from 'express-handlebars';
import Handlebars from 'handlebars';
import type { HelperOptions } from 'handlebars';
import { durationText } from '../../ui/duration.ts';
import type { AssetUrl } from './assets.ts';
import type { Context } from './context.ts';
import { exactTimeText, timeText } from './format.ts';

const { escapeExpression, SafeString } = Handlebars;

// Handlebars hands the root of the render call to helpers as `any`; views are always rendered with the context.
const root = (options: HelperOptions): Context => (options.data as { root: Context }).root;

function timeElement(at: number, { locale, zone, now }: Context): string {
  const exact = escapeExpression(exactTimeText(at, locale, zone));
  return `<time datetime="${new Date(at).toISOString()}" title="${exact}">${escapeExpression(timeText(at, locale, zone, now))}</time>`;
}

/** Remaining time of a clock; the browser keeps it going. `late` once it is over. */
function countdownElement(due: number, { locale, zone, now, t }: Context): string {
  const left = due - now;
  const text = left < 0 ? t('layout:late', { duration: durationText(left, locale) }) : durationText(left, locale);
  const exact = escapeExpression(exactTimeText(due, locale, zone));
  const state = left < 0 ? 'late' : left < 900_000 ? 'soon' : 'calm';
  return `<time class="countdown" data-due="${due}" data-state="${state}" datetime="${new Date(due).toISOString()}" title="${exact}">${escapeExpression(text)}</time>`;
}

function helpers(asset: AssetUrl): Record<string, Handlebars.HelperDelegate> {
  return {
    /** {{t "inbox:title" count=3}} */
    t: (key: string, options: HelperOptions) => root(options).t(key, options.hash as Record<string, unknown>),
    /** {{time ms}}: a <time> in the reader's zone, the exact instant on hover; nothing for null. */
    time: (at: number | null | undefined, options: HelperOptions) =>
      at == null ? '' : new SafeString(timeElement(at, root(options))),
    /** {{countdown ms}}: what is left until then. */
    countdown: (due: number | null | undefined, options: HelperOptions) =>
      due == null ? '' : new SafeString(countdownElement(due, root(options))),
    /** {{duration ms}}: "2 h 5 min". */
    duration: (ms: number | null | undefined, options: HelperOptions) =>
      ms == null ? '' : durationText(ms, root(options).locale),
    /** {{asset "inbox.js"}}: the versioned URL of a built file. */
    asset: (name: string) => new SafeString(asset(name)),
    /** {{csrf}}: the hidden field that every form with method="post" needs. */
    csrf: (options: HelperOptions) =>
      new SafeString(`<input type="hidden" name="_csrf" value="${escapeExpression(root(options).csrf)}">`),
    /** {{#if (eq a b)}} */
    eq: (left: unknown, right: unknown) => left === right,
    /** {{#if (can "tasks:work")}} */
    can: (permission: string, options: HelperOptions) =>
      (root(options).permissions as ReadonlySet<string>).has(permission),
    /** {{json value}}: for data attributes; escaped as every expression is. */
    json: (value: unknown) => JSON.stringify(value ?? null),
    /** {{nested "intake:tickets"}}: a name with a colon as part of a text's key. */
    nested: (name: unknown) => String(name).replaceAll(':', '_'),
    /** {{concat "a" b}} */
    concat: (...parts: unknown[]) => parts.slice(0, -1).join(''),
  };
}

/** @param folder ui/views */
export function useViews(app: Express, folder: string, asset: AssetUrl): void {
  const engine = create({
    extname: '.hbs',
    defaultLayout: 'main',
    layoutsDir: join(folder, 'layouts'),
    partialsDir: join(folder, 'partials'),
    helpers: helpers(asset),
  });
  app.engine('.hbs', (path, options, done) => void engine.engine(path, options, done));
  app.set('view engine', '.hbs');
  app.set('views', folder);
  if (process.env['NODE_ENV'] !== 'development') app.enable('view cache');
}
