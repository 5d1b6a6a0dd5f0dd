/** The part of dmn-moddle that is used; the package has no types of its own. */
declare module 'dmn-moddle' {
  interface Package {
    types: object[];
  }
  export class DmnModdle {
    /** @param packages by prefix; those given here go before its own */
    constructor(packages?: Record<string, Package>);
    getPackage(prefix: string): Package;
    fromXML(xml: string): Promise<{ rootElement: object; warnings: { message: string }[] }>;
  }
}
