/** Passwords: scrypt with a salt of its own, stored as `scrypt$N$SALT$HASH` (base64url). */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

const cost = 2 ** 15;
const length = 32;

/** The shortest password that is accepted. */
export const passwordLength = 10;

function derive(password: string, salt: Buffer, N: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // 128 * N * r bytes are needed: 32 MiB at r = 8, just above Node's default limit.
    scrypt(password.normalize('NFKC'), salt, length, { N, r: 8, p: 1, maxmem: 256 * N * 8 }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, cost);
  return `scrypt$${cost}$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

/** False for a wrong password. `stored` null (no such account) takes just as long, so that it tells nothing. */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const [, N, salt, hash] = (stored ?? `scrypt$${cost}$AAAAAAAAAAAAAAAAAAAAAA$`).split('$');
  const key = await derive(password, Buffer.from(salt ?? '', 'base64url'), Number(N));
  const expected = Buffer.from(hash ?? '', 'base64url');
  return stored !== null && expected.length === key.length && timingSafeEqual(key, expected);
}
