/**
 * What DMN 1.4 added to the format, as moddle types: dmn-moddle knows DMN 1.3 only. Each kind of boxed expression here
 * has its file in `boxed/`.
 */

/** The parts of a moddle package that are added to. */
export interface ModdlePackage {
  readonly types: readonly object[];
}

const child = (name: string, type = 'ChildExpression') => ({ name, type, xml: { serialize: 'property' } });
const expression = (name: string, properties: readonly object[]) => ({ name, superClass: ['Expression'], properties });
const iterator = (name: string, result: string) =>
  expression(name, [{ name: 'iteratorVariable', isAttr: true, type: 'String' }, child('in'), child(result)]);

const TYPES: readonly object[] = [
  {
    name: 'ChildExpression',
    properties: [
      { name: 'id', isAttr: true, type: 'String' },
      { name: 'typeRef', isAttr: true, type: 'String' },
      { name: 'value', type: 'Expression' },
    ],
  },
  expression('Conditional', [child('if'), child('then'), child('else')]),
  expression('Filter', [child('in'), child('match')]),
  iterator('For', 'return'),
  iterator('Some', 'satisfies'),
  iterator('Every', 'satisfies'),
  { name: 'TypeConstraint', extends: ['ItemDefinition'], properties: [child('typeConstraint', 'UnaryTests')] },
];

/** The package of DMN 1.3 with the types of DMN 1.4. */
export function withDmn14<Package extends ModdlePackage>(dmn13: Package): Package {
  return { ...dmn13, types: [...dmn13.types, ...TYPES] };
}
