/**
 * "You are here": every `<div data-diagram="/models/PROCESS/VERSION.bpmn">` gets its diagram, with the elements of
 * `data-active` marked as the place where the case is and the flows and elements of `data-taken` as its way so far
 * (ids, separated by commas). What is inside the element before stays below as the text alternative.
 */
import { fit, heightAtFullWidth } from './diagram/fit.ts';
import { hasDrawing, noDrawing } from './diagram/no-drawing.ts';
import { isOpened, mark, namesOf, pointAt, show, showDiagram } from './diagram/viewer.ts';
import type { DiagramView } from './diagram/viewer.ts';
import { zoomButtons } from './diagram/zoom-buttons.ts';

const ids = (list: string | undefined): string[] => (list ?? '').split(',').filter((id) => id !== '');

async function youAreHere(place: HTMLElement): Promise<void> {
  const { diagram = '', active, taken } = place.dataset;
  const response = await fetch(diagram, { headers: { accept: 'application/xml' } });
  if (!response.ok) throw new Error(`Expected a diagram at ${diagram}, but found status ${response.status}.`);
  const xml = await response.text();
  if (!hasDrawing(xml)) return place.append(noDrawing());
  const canvas = document.createElement('div');
  canvas.className = 'diagram-canvas';
  place.prepend(canvas);
  const view = await showDiagram(canvas, xml, document.documentElement.lang.slice(0, 2));
  mark(view, ids(taken), 'diagram-taken');
  for (const id of ids(active)) mark(view, [id], isOpened(view, id) ? 'diagram-inside' : 'diagram-active');
  describe(canvas, view, ids(active));
  const known = ids(active).filter((id) => view.elements.get(id));
  const first = known.find((id) => !isOpened(view, id)) ?? known[0];
  shrink(canvas, view);
  show(view, first);
  canvas.append(
    zoomButtons(view, () => {
      fit(view.canvas);
    }),
  );
  listen(place, view);
  place.dataset['drawn'] = '';
}

/** Names of elements elsewhere on the page lead to their place in the diagram. */
function listen(place: HTMLElement, view: DiagramView): void {
  document.addEventListener('click', (event) => {
    const link = (event.target as HTMLElement).closest<HTMLElement>('.why a[data-element]');
    if (!link || !pointAt(view, link.dataset['element'] ?? '')) return;
    event.preventDefault();
    place.scrollIntoView({ block: 'nearest' });
  });
}

/** A flat diagram needs less height than there is; the watermark and the buttons need some. */
function shrink(canvas: HTMLElement, view: DiagramView): void {
  if (canvas.closest('.diagram-tall')) return;
  canvas.style.height = `${Math.max(160, Math.min(canvas.clientHeight, heightAtFullWidth(view.canvas)))}px`;
}

/** The picture's text for those who cannot see it. */
function describe(canvas: HTMLElement, view: DiagramView, active: readonly string[]): void {
  const picture = canvas.querySelector('svg');
  picture?.setAttribute('role', 'img');
  const process = view.canvas.getRootElement().businessObject.name ?? document.querySelector('h1')?.textContent?.trim();
  picture?.setAttribute('aria-label', [process, ...namesOf(view, active)].filter(Boolean).join(' · '));
}

for (const place of document.querySelectorAll<HTMLElement>('[data-diagram]')) {
  youAreHere(place).catch((error: unknown) => {
    place.dataset['failed'] = '';
    console.error(error);
  });
}
