/** The texts of the pages: one JSON file per page in ui/locales/LANGUAGE, named as `page:key`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import i18next from 'i18next';
import type { i18n, ResourceLanguage } from 'i18next';

export const locales = ['en', 'zh'] as const;
export type Locale = (typeof locales)[number];

/** Gives the text of `page:key`; `count` chooses the plural form, other values fill `{{name}}` (not escaped). */
export type Translate = (key: string, values?: Record<string, unknown>) => string;

export function isLocale(text: unknown): text is Locale {
  return text === 'en' || text === 'zh';
}

function read(folder: string): ResourceLanguage {
  const pages = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return Object.fromEntries(
    pages.map((name) => [name.slice(0, -5), JSON.parse(readFileSync(join(folder, name), 'utf8')) as object]),
  );
}

/** @param folder the folder that holds `en` and `zh` */
export function loadTexts(folder: string): Record<Locale, Translate> {
  const resources = { en: read(join(folder, 'en')), zh: read(join(folder, 'zh')) };
  const instance: i18n = i18next.createInstance();
  void instance.init({
    resources,
    lng: 'en',
    fallbackLng: false,
    ns: Object.keys(resources.en),
    nsSeparator: ':',
    keySeparator: '.',
    interpolation: { escapeValue: false },
    initAsync: false,
    returnNull: false,
  });
  const of = (locale: Locale): Translate => {
    const fixed = instance.getFixedT(locale);
    return (key, values) => fixed(key, values ?? {});
  };
  return { en: of('en'), zh: of('zh') };
}
