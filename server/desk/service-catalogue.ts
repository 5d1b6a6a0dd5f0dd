/** The services that requests are about. */
import type { Locale } from '../web/locales.ts';

/** A service that the organisation runs. */
export interface CatalogueService {
  id: string;
  name: string;
  nameZh: string;
  /** How far an outage reaches, which is also the impact of an alert: core business, part of the functions, a group, one person. */
  tier: 'core' | 'part' | 'group' | 'single';
}

export const SERVICES: readonly CatalogueService[] = [
  { id: 'trading', name: 'Trading', nameZh: '交易', tier: 'core' },
  { id: 'payment', name: 'Payment', nameZh: '支付', tier: 'core' },
  { id: 'database', name: 'Databases', nameZh: '数据库', tier: 'core' },
  { id: 'network', name: 'Network', nameZh: '网络', tier: 'core' },
  { id: 'website', name: 'Website', nameZh: '网站', tier: 'part' },
  { id: 'crm', name: 'Customer management (CRM)', nameZh: '客户管理（CRM）', tier: 'part' },
  { id: 'mail', name: 'Mail', nameZh: '邮件', tier: 'group' },
  { id: 'office', name: 'Office and workplace', nameZh: '办公与终端', tier: 'single' },
];

/** The tier of a service, null for an unknown one. */
export function tierOf(service: string): CatalogueService['tier'] | null {
  return SERVICES.find((one) => one.id === service)?.tier ?? null;
}

/** The name in the reader's language; the id of an unknown one. */
export function serviceName(id: string, locale: Locale): string {
  const found = SERVICES.find((one) => one.id === id);
  if (found === undefined) return id;
  return locale === 'zh' ? found.nameZh : found.name;
}
