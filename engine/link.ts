import type { Problem } from './problem.ts';
import type { Release } from './release.ts';
import type { ProcessModel } from './model.ts';

/** What the resources of a release refer to but the release lacks: called processes, decisions and forms. */
export function checkRelease(release: Release): Problem[] {
  return [...release.processes.values()].flatMap((model) => checkProcess(model, release));
}

function checkProcess(model: ProcessModel, release: Release): Problem[] {
  return model.elements.flatMap((element) =>
    (element.behaviour.references?.(element) ?? []).flatMap(({ kind, id }) => {
      if (release[kind].has(id)) return [];
      const what = { processes: 'process', decisions: 'decision', forms: 'form' }[kind];
      return [
        {
          rule: 'missing-reference',
          severity: 'error' as const,
          element: element.id,
          message: `Expected ${what} "${id}", named by "${element.id}", to be deployed, but it is not. Deploy it together with the diagram.`,
        },
      ];
    }),
  );
}
