/** A diagram to look at: names in the reader's language, marks on elements, the plane and the zoom that show them. */
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer.js';
import type { Canvas, Diagram, ElementRegistry } from './bpmn-js.ts';
import { colours } from './colours.ts';
import { fit } from './fit.ts';
import { translateNames } from './names.ts';
import type { Definitions } from './names.ts';

export interface DiagramView {
  readonly canvas: Canvas;
  readonly elements: ElementRegistry;
  /** The service of diagram-js with this name. */
  get<T>(name: string): T;
}

/** The smallest zoom at which the names in the shapes can be read. */
const readable = 0.8;

/**
 * Draws a diagram into the container.
 * @param language which of the names that the diagram carries are shown
 */
export async function showDiagram(container: HTMLElement, xml: string, language: string): Promise<DiagramView> {
  const viewer = new NavigatedViewer({
    container,
    bpmnRenderer: colours,
    // The wheel scrolls the page, as everywhere else on it; zooming has its buttons.
    zoomScroll: { enabled: false },
  }) as Diagram;
  viewer.on('import.parse.complete', ({ definitions }: { definitions?: Definitions }) => {
    if (definitions) translateNames(definitions, language);
  });
  await viewer.importXML(xml);
  return {
    canvas: viewer.get('canvas'),
    elements: viewer.get('elementRegistry'),
    get: <T>(name: string): T => viewer.get(name),
  };
}

/** The names of these elements, without the unknown ones. */
export function namesOf(view: DiagramView, ids: readonly string[]): string[] {
  return ids.flatMap((id) => {
    const element = view.elements.get(id);
    return element ? [element.businessObject.name ?? id] : [];
  });
}

/** Gives the known ones of these elements a CSS class. */
export function mark(view: DiagramView, ids: readonly string[], marker: string): void {
  for (const id of ids) if (view.elements.get(id)) view.canvas.addMarker(id, marker);
}

/** Takes a CSS class from the known ones of these elements. */
export function unmark(view: DiagramView, ids: readonly string[], marker: string): void {
  for (const id of ids) if (view.elements.get(id)) view.canvas.removeMarker(id, marker);
}

/** True for a sub-process whose inside is drawn in the same plane: what rests in it is shown there. */
export function isOpened(view: DiagramView, id: string): boolean {
  return (view.elements.get(id)?.children ?? []).some(
    (child) => child.waypoints === undefined && child.labelTarget === undefined,
  );
}

/** Opens the plane (the collapsed sub-process) on which this element is drawn. */
function openPlaneOf(view: DiagramView, id: string): void {
  const plane = view.canvas.findRoot(id);
  if (plane && plane !== view.canvas.getRootElement()) view.canvas.setRootElement(plane);
}

/** Shows the element in the middle, large enough to be read. */
function centre(view: DiagramView, id: string): void {
  const element = view.elements.get(id);
  if (!element || element.width === undefined || element.height === undefined) return;
  openPlaneOf(view, id);
  const { outer, scale } = view.canvas.viewbox();
  const zoom = Math.max(scale, readable);
  const width = outer.width / zoom;
  const height = outer.height / zoom;
  const x = element.x + element.width / 2 - width / 2;
  view.canvas.viewbox({ x, y: element.y + element.height / 2 - height / 2, width, height });
}

/** Fits the plane; where that would be too small to read, shows the element instead. */
export function show(view: DiagramView, id: string | undefined): void {
  if (id !== undefined) openPlaneOf(view, id);
  fit(view.canvas);
  if (id !== undefined && view.canvas.zoom() < readable) centre(view, id);
}

/** Shows the element and marks it alone as the one that the reader asked for; false when it is not drawn here. */
export function pointAt(view: DiagramView, id: string): boolean {
  if (!view.elements.get(id)) return false;
  const before = view.elements.filter((shape) => view.canvas.hasMarker(shape.id, 'diagram-asked'));
  unmark(
    view,
    before.map((shape) => shape.id),
    'diagram-asked',
  );
  mark(view, [id], 'diagram-asked');
  show(view, id);
  return true;
}
