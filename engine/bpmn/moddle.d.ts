/** The part of bpmn-moddle that the compiler uses; the package's own types describe the element tree, not the reader. */
declare module 'bpmn-moddle' {
  export interface ModdleElement {
    readonly $type: string;
    readonly $attrs: Record<string, unknown>;
    readonly $parent?: ModdleElement;
    readonly $descriptor: { readonly properties: readonly ModdleProperty[] };
    id?: string;
    get(name: string): unknown;
    set(name: string, value: unknown): void;
    $instanceOf(type: string): boolean;
    [key: string]: unknown;
  }
  /** How the metamodel describes an attribute, a reference or a contained element. */
  export interface ModdleProperty {
    readonly name: string;
    readonly ns: { readonly localName: string };
    readonly type: string;
    readonly isReference?: boolean;
    readonly isAttr?: boolean;
    readonly isMany?: boolean;
  }
  /** `element`, `property` and `value` are those of a reference that leads nowhere. */
  export interface ReadWarning {
    message: string;
    error?: Error;
    element?: ModdleElement;
    property?: string;
    value?: string;
  }
  /** The description of a format. */
  export interface MetaPackage {
    types: { name: string; properties?: { name: string }[] }[];
  }
  export interface ParseResult {
    rootElement: ModdleElement;
    references: { element: ModdleElement; property: string; id: string }[];
    warnings: ReadWarning[];
    elementsById: Record<string, ModdleElement>;
  }
  export class BpmnModdle {
    constructor(packages?: Record<string, unknown>, options?: object);
    /** The one place through which a parsed element gets its properties. */
    readonly properties: {
      set(target: ModdleElement, name: string, value: unknown): void;
      getProperty(target: ModdleElement, name: string): ModdleProperty | undefined;
    };
    fromXML(xml: string, typeName?: string): Promise<ParseResult>;
    toXML(element: ModdleElement, options?: { format?: boolean }): Promise<{ xml: string }>;
    create(type: string, attrs?: object): ModdleElement;
    getPackage(prefix: string): MetaPackage;
  }
}
