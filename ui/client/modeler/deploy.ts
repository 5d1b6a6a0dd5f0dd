/** Sends files to the server to be deployed. */
import type { Problem } from '../../../engine/problem.ts';

export interface DeployedFile {
  name: string;
  content: string;
}

/** `refused`: the server found problems and kept nothing. `failed`: something else went wrong. */
export type Deployed =
  | { result: 'deployed'; location: string }
  | { result: 'refused'; problems: Problem[] }
  | { result: 'failed'; detail: string };

/** Deploys the files together, with a note for the list of versions. */
export async function deploy(files: readonly DeployedFile[], note: string): Promise<Deployed> {
  let response: Response;
  try {
    response = await fetch('/models', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        'x-csrf-token': document.body.dataset['csrf'] ?? '',
      },
      body: JSON.stringify({ files, note }),
    });
  } catch (error) {
    return { result: 'failed', detail: error instanceof Error ? error.message : String(error) };
  }
  const answer = (await response.json().catch(() => ({}))) as Answer;
  if (response.ok && answer.location !== undefined) return { result: 'deployed', location: answer.location };
  if (answer.problems) return { result: 'refused', problems: answer.problems };
  return { result: 'failed', detail: answer.detail ?? `${response.status} ${response.statusText}` };
}

interface Answer {
  location?: string;
  problems?: Problem[];
  detail?: string;
}
