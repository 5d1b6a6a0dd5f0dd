/** Writes test/schema.sql from the migrations: `node --import tsx test/support/write-schema.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '../../server/db/database.ts';
import { migrate } from '../../server/db/migrate.ts';
import { describeSchema } from './schema.ts';

const database = await openDatabase({ memory: true });
await migrate(database);
writeFileSync(join(import.meta.dirname, '..', 'schema.sql'), await describeSchema(database));
await database.close();
