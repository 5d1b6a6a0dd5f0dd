/** Which part may know which: the arrows of the house. Checked by `npm run check`. */
const libraries = (names) => `^node_modules/(${names.join('|')})/`;

/** What the interpreter may use: formats, expressions, time. All of it runs in Node and in the browser alike. */
const pure = [
  'bpmn-moddle',
  'zeebe-bpmn-moddle',
  'dmn-moddle',
  'luxon',
  'croner',
  '@types/luxon',
  'feelin',
  'lezer-feel',
  're2js',
  '@lezer/common',
];

module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      comment: 'Types may know each other (an element and its behaviour do); code that runs may not.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphan',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: [
          '\\.d\\.ts$',
          '^test/',
          '^bench/',
          '^ui/client/[^/]+\\.ts$',
          '^server/(main|demo)\\.ts$',
          'jest\\.config\\.js$',
        ],
      },
      to: {},
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'engine-is-pure',
      comment: 'No database, clock, network, file, timer in the interpreter: it knows itself and a few libraries.',
      severity: 'error',
      from: { path: '^engine/' },
      to: { pathNot: ['^engine/', libraries(pure)] },
    },
    {
      name: 'sql-knows-no-caller',
      comment: 'server/db holds statements; what calls them stands above.',
      severity: 'error',
      from: { path: '^server/db/' },
      to: {
        path: '^server/(process|jobs|intake|notify|desk|people|api|routes)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'sql-stays-in-db',
      severity: 'error',
      from: { path: '^server/', pathNot: '^server/db/' },
      to: { path: libraries(['pg', 'knex', '@electric-sql/pglite']), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'process-knows-no-caller',
      comment: 'The way of a command serves routes, intake and jobs; it does not know them.',
      severity: 'error',
      from: { path: '^server/process/' },
      to: { path: '^server/(jobs|intake|api|routes)/' },
    },
    {
      name: 'client-knows-no-server',
      severity: 'error',
      from: { path: '^ui/client/' },
      to: { path: '^server/' },
    },
    {
      name: 'server-knows-no-client',
      severity: 'error',
      from: { path: '^(server|engine)/' },
      to: { path: '^(ui/client|test|bench)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|data)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
