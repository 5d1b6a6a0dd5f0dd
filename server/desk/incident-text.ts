/** What an incident says, in the reader's language. */
import type { IncidentKind } from '../../engine/instance.ts';
import type { Locale } from '../web/locales.ts';

const chinese: Record<IncidentKind, string> = {
  expression: '表达式没有得出可用的值。',
  'no-flow': '网关之后没有任何条件成立，也没有默认路径。',
  job: '服务处理已用完全部尝试次数，仍未成功。',
  error: '发生了错误，而流程图没有捕获它。',
  decision: '决策没有得出结果。',
  timer: '无法得出定时的到点时间。',
  loop: '循环无法进行，或不会结束。',
  call: '被调用的流程无法启动。',
  join: '不会再有令牌来到这里，汇合无法完成。',
};

/** In Chinese a sentence of its own, and `exact`, the English one, which alone says what was found. */
export interface IncidentText {
  text: string;
  exact?: string;
}

/** What the page says of an incident; `exact` belongs below it, where it is. */
export function incidentText({ kind, message }: { kind: string; message: string }, locale: Locale): IncidentText {
  // Stored kinds are those of the engine that wrote them.
  const own = locale === 'zh' ? (chinese as Partial<Record<string, string>>)[kind] : undefined;
  return own === undefined ? { text: message } : { text: own, exact: message };
}
