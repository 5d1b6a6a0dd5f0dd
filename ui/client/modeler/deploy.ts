/** Sends files to the server to be deployed. */
import type { Problem } from '../../../engine/problem.ts';

export interface DeployedFile {
  name: string;
  content: string;
}

/** A problem and the file that has it. */
export interface FileProblem extends Problem {
  file: string;
}

/** `deployed` may come with warnings. `refused`: the server found problems and kept nothing. `failed`: something else went wrong. */
export type Deployed =
  | { result: 'deployed'; location: string; warnings: FileProblem[] }
  | { result: 'refused'; problems: FileProblem[] }
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
  const { location, warnings = [] } = answer;
  if (response.ok && location !== undefined) return { result: 'deployed', location, warnings };
  if (answer.problems) return { result: 'refused', problems: answer.problems };
  return { result: 'failed', detail: answer.detail ?? `${response.status} ${response.statusText}` };
}

interface Answer {
  location?: string;
  warnings?: FileProblem[];
  problems?: FileProblem[];
  detail?: string;
}
