/** The part of bpmn-moddle that the compiler uses; the package's own types describe the element tree, not the reader. */
declare module 'bpmn-moddle' {
  export interface ModdleElement {
    readonly $type: string;
    readonly $attrs: Record<string, unknown>;
    readonly $parent?: ModdleElement;
    id?: string;
    get(name: string): unknown;
    set(name: string, value: unknown): void;
    $instanceOf(type: string): boolean;
    [key: string]: unknown;
  }
  export interface ParseResult {
    rootElement: ModdleElement;
    references: { element: ModdleElement; property: string; id: string }[];
    warnings: { message: string; error?: Error }[];
    elementsById: Record<string, ModdleElement>;
  }
  export class BpmnModdle {
    constructor(packages?: Record<string, unknown>, options?: object);
    fromXML(xml: string, typeName?: string): Promise<ParseResult>;
    toXML(element: ModdleElement, options?: { format?: boolean }): Promise<{ xml: string }>;
    create(type: string, attrs?: object): ModdleElement;
  }
}
