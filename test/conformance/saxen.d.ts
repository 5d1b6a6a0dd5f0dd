/** The part of saxen that is used; the package has no types of its own. */
declare module 'saxen' {
  type Decode = (text: string) => string;
  interface Handlers {
    openTag: (tag: string, attributesOf: () => Record<string, string>, decode: Decode) => void;
    closeTag: () => void;
    text: (text: string, decode: Decode) => void;
    cdata: (text: string) => void;
    error: (error: Error) => void;
  }
  export class Parser {
    on<K extends keyof Handlers>(event: K, handler: Handlers[K]): this;
    parse(xml: string): void;
  }
}
