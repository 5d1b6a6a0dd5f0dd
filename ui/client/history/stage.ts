/** The diagrams of a case, one per process, and the painting of a frame on them. */
import type { Overlays } from '../diagram/bpmn-js.ts';
import { fit } from '../diagram/fit.ts';
import { hasDrawing, noDrawing } from '../diagram/no-drawing.ts';
import { isOpened, mark, pointAt, showDiagram, show, unmark } from '../diagram/viewer.ts';
import type { DiagramView } from '../diagram/viewer.ts';
import { zoomButtons } from '../diagram/zoom-buttons.ts';
import { text } from '../modeler/texts.ts';
import type { Texts } from '../modeler/texts.ts';
import { passed, processOf } from './frames.ts';
import type { Frame } from './frames.ts';

export interface Stage {
  /** Shows a process's diagram at this frame. */
  paint(frames: readonly Frame[], index: number, process: string): Promise<void>;
  /** Brings an element of the process that is on show to the reader's eye. */
  point(process: string, id: string): Promise<void>;
  /** The name of an element in the drawn diagrams, else its id. */
  nameOf(id: string): string;
}

interface Picture {
  /** Null for a process whose file has no drawing. */
  view: DiagramView | null;
  element: HTMLElement;
  /** What is marked now, by marker. */
  marked: Map<string, string[]>;
}

/** @param sources the address of each process's diagram */
export function createStage(container: HTMLElement, sources: Readonly<Record<string, string>>, texts: Texts): Stage {
  const pictures = new Map<string, Promise<Picture>>();
  const drawn: DiagramView[] = [];
  // The reader may prefer the whole picture to being led from element to element.
  let follow = true;

  async function draw(process: string): Promise<Picture> {
    const source = sources[process];
    if (source === undefined) throw new Error(`Expected a diagram of process ${process}, but found none.`);
    const response = await fetch(source);
    if (!response.ok) throw new Error(`Expected a diagram at ${source}, but found status ${response.status}.`);
    const element = document.createElement('div');
    element.className = 'replay-picture';
    container.append(element);
    const xml = await response.text();
    if (!hasDrawing(xml)) {
      element.append(noDrawing());
      return { view: null, element, marked: new Map() };
    }
    const view = await showDiagram(element, xml, document.documentElement.lang.slice(0, 2));
    element.append(
      zoomButtons(view, () => {
        follow = !follow;
        fit(view.canvas);
      }),
    );
    drawn.push(view);
    return { view, element, marked: new Map() };
  }

  return {
    async paint(frames, index, process) {
      let picture = pictures.get(process);
      if (!picture) pictures.set(process, (picture = draw(process)));
      const shown = await picture;
      for (const child of container.querySelectorAll<HTMLElement>(':scope > .replay-picture')) {
        child.hidden = child !== shown.element;
      }
      const { view, marked } = shown;
      if (!view) return;
      paintFrame({ view, marked }, frames, index, process, texts);
      if (follow) show(view, focusOf(view, frames[index], process));
    },
    async point(process, id) {
      const picture = await pictures.get(process);
      if (picture?.view) pointAt(picture.view, id);
    },
    nameOf(id) {
      for (const view of drawn) {
        const name = view.elements.get(id)?.businessObject.name;
        if (name) return name;
      }
      return id;
    },
  };
}

/** What the reader should look at: where the step ended, else where a token rests. */
function focusOf(view: DiagramView, frame: Frame | undefined, process: string): string | undefined {
  const isShape = (id: string): boolean => view.elements.get(id)?.width !== undefined;
  return frame?.moved.get(process)?.findLast(isShape) ?? [...tokensIn(frame, process).keys()].find(isShape);
}

/** The elements in which tokens rest, with their number and whether one of them failed. */
function tokensIn(frame: Frame | undefined, process: string): Map<string, { count: number; failed: boolean }> {
  const found = new Map<string, { count: number; failed: boolean }>();
  if (!frame) return found;
  const { instance } = frame;
  const troubled = new Set(instance.incidents.map((incident) => incident.token));
  const loops = new Set(instance.scopes.flatMap(({ id, loop }) => (loop ? [id] : [])));
  for (const token of instance.tokens.filter((other) => processOf(instance, other.scope) === process)) {
    // Of a loop the iterations are counted.
    if (loops.has(token.id) && !troubled.has(token.id)) continue;
    const { count, failed } = found.get(token.element) ?? { count: 0, failed: false };
    found.set(token.element, {
      count: count + 1,
      failed: failed || token.state === 'failed' || troubled.has(token.id),
    });
  }
  return found;
}

function paintFrame(
  { view, marked }: { view: DiagramView } & Pick<Picture, 'marked'>,
  frames: readonly Frame[],
  index: number,
  process: string,
  texts: Texts,
): void {
  const frame = frames[index];
  const tokens = [...tokensIn(frame, process)].filter(([id]) => view.elements.get(id));
  const resting = tokens.filter(([id, token]) => token.failed || !isOpened(view, id));
  const wanted = new Map<string, string[]>([
    ['diagram-taken', [...passed(frames, index, process)]],
    ['diagram-now', frame?.moved.get(process) ?? []],
    ['diagram-active', resting.filter(([, token]) => !token.failed).map(([id]) => id)],
    ['diagram-inside', tokens.map(([id]) => id).filter((id) => isOpened(view, id))],
    ['diagram-failed', resting.filter(([, token]) => token.failed).map(([id]) => id)],
  ]);
  for (const [marker, ids] of wanted) {
    unmark(view, marked.get(marker) ?? [], marker);
    mark(view, ids, marker);
    marked.set(marker, ids);
  }
  const overlays = view.get<Overlays>('overlays');
  overlays.remove({ type: 'token' });
  for (const [id, { count, failed }] of resting) {
    const html = document.createElement('div');
    html.className = 'diagram-token';
    html.dataset['state'] = failed ? 'failed' : 'active';
    html.textContent = failed ? '!' : String(count);
    html.title = text(texts, 'tokens', { count });
    overlays.add(id, 'token', { position: { top: -11, left: -11 }, html });
  }
}
