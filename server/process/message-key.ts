import { createHash } from 'node:crypto';
import { bucketOfMessage, isKey } from '../db/key.ts';

/**
 * The key of a message with an id: the id itself where it is a key, else one made from name, correlation key and id, so that
 * the same message has the same key whenever and wherever it is asked for.
 */
export function messageKeyOf(name: string, key: string, messageId: string): string {
  if (isKey(messageId)) return messageId;
  const digest = createHash('sha256').update(`${name}\0${key}\0${messageId}`).digest();
  const high = digest.readBigUInt64BE(0) & ((1n << 63n) - 1n);
  return String((high & ~4095n) | BigInt(bucketOfMessage(name, key)) | 4096n);
}
