/** The part of bpmn-js and diagram-js that we use. Their own declarations are CommonJS and cannot be imported from here. */
export interface Diagram {
  importXML(xml: string): Promise<{ warnings: string[] }>;
  saveXML(options?: { format?: boolean }): Promise<{ xml?: string; error?: Error }>;
  saveSVG(): Promise<{ svg: string }>;
  on<E>(event: string, listener: (event: E) => void): void;
  get<T>(service: string): T;
  destroy(): void;
}

/** A shape, connection or root. Connections have waypoints instead of a box. */
export interface Shape {
  id: string;
  x: number;
  y: number;
  width?: number;
  height?: number;
  waypoints?: { x: number; y: number }[];
  parent?: Shape;
  children?: Shape[];
  /** Of a label: what it is the name of. */
  labelTarget?: Shape;
  businessObject: { id?: string; name?: string; $type?: string; [key: string]: unknown };
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Canvas {
  hasMarker(element: string, marker: string): boolean;
  addMarker(element: string, marker: string): void;
  removeMarker(element: string, marker: string): void;
  findRoot(element: string): Shape | undefined;
  getRootElement(): Shape;
  setRootElement(root: Shape): Shape;
  resized(): void;
  focus(): void;
  scrollToElement(element: string, padding?: number): void;
  viewbox(box?: Box): Box & { scale: number; inner: Box; outer: { width: number; height: number } };
  zoom(scale?: number | 'fit-viewport'): number;
}

export interface ElementRegistry {
  get(id: string): Shape | undefined;
  filter(keep: (shape: Shape) => boolean): Shape[];
}

export interface Overlays {
  add(element: string, type: string, overlay: { position: Partial<Record<Side, number>>; html: HTMLElement }): string;
  remove(filter: { type: string }): void;
}

export type Side = 'top' | 'right' | 'bottom' | 'left';
