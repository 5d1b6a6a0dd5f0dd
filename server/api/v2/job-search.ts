/** Searching jobs. */
import { readInstances } from '../../db/instances.ts';
import { readJobsOf, searchJobs } from '../../db/job-search.ts';
import { readJournal } from '../../db/journal.ts';
import type { Search } from '../../db/search.ts';
import { jobRecordsOf } from '../../process/job-records.ts';
import type { Route } from '../../routes/route.ts';
import type { Services } from '../../services.ts';
import { foundJobOf, jobFields, jobItem, jobShape, openJobOf } from './job-view.ts';
import { expectInstance, instanceAsked } from './parts.ts';
import { searchItems } from './search-items.ts';
import { answerOf, searchAnswer, searchShape } from './search.ts';

const shape = searchShape({
  jobKey: { kind: 'part' },
  type: { kind: 'text' },
  elementId: { kind: 'text' },
  elementInstanceKey: { kind: 'part' },
  processDefinitionId: { kind: 'text' },
  processDefinitionKey: { kind: 'key' },
  processInstanceKey: { kind: 'key' },
  kind: { kind: 'text' },
  listenerEventType: { kind: 'text' },
  state: { kind: 'text' },
  hasFailedWithRetriesLeft: { kind: 'boolean', sort: false },
  retries: { kind: 'integer' },
  worker: { kind: 'text' },
  deadline: { kind: 'instant' },
  endTime: { kind: 'instant' },
  errorMessage: { kind: 'text' },
  errorCode: { kind: 'text' },
  tenantId: { kind: 'text' },
});

/** Of one instance only: it takes its history, or its state. */
const HISTORICAL = ['elementInstanceKey', 'kind', 'listenerEventType', 'endTime', 'errorMessage', 'errorCode'];
const ENDED = ['COMPLETED', 'CANCELED', 'ERROR_THROWN'];

/** Open jobs wherever they are; of one instance also those that are over. */
async function search({ db, runtime }: Services, wanted: Search) {
  const instance = instanceAsked(wanted);
  if (instance !== null) {
    const [history, open] = [await readJournal(db, instance), await readJobsOf(db, instance)];
    const jobs = jobRecordsOf(history).map((record) =>
      foundJobOf(
        instance,
        record,
        open.find(({ id }) => id === record.id),
        runtime.definitions,
      ),
    );
    return searchItems(await Promise.all(jobs), jobFields, ['jobKey'], wanted);
  }
  expectInstance(wanted, HISTORICAL, ENDED);
  const found = await searchJobs(db, wanted);
  const instances = await readInstances(db, [...new Set(found.rows.map((row) => row.instance))]);
  const jobs = found.rows.map((row) => openJobOf(row, instances.get(row.instance)?.instance, runtime.definitions));
  return { ...found, rows: (await Promise.all(jobs)).filter((job) => job !== null) };
}

export const routes: Route[] = [
  {
    method: 'post',
    path: '/v2/jobs/search',
    permission: 'processes:read',
    document: {
      summary: 'Search jobs',
      tag: 'Jobs',
      description: 'Open jobs; with `filter.processInstanceKey` also those of this instance that are over.',
      body: shape.body,
      responses: { 200: searchAnswer(jobShape) },
    },
    async handle(request, response, services) {
      const { search: wanted } = shape.read(request.body);
      response.json(answerOf(await search(services, wanted), wanted, jobItem));
    },
  },
];
