import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const file = join(import.meta.dirname, '..', 'package.json');

/** The version of Lanework: `0.1.0`. */
export const VERSION = (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
