import tseslint from 'typescript-eslint';

const impure = (name, instead) => ({ name, message: `The engine is pure: ${instead}` });

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'data/',
      'coverage/',
      '**/*.config.js',
      '.*.cjs',
      '.scripts/',
      '.ci/',
      'server/**/*.js',
      'test/**/*.mjs',
    ],
  },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['engine/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        impure('process', 'what the process knows comes in as a command or an argument.'),
        impure('setTimeout', 'time comes from the command.'),
        impure('setInterval', 'time comes from the command.'),
        impure('crypto', 'ids are counters of the instance.'),
        impure('fetch', 'the world is reached through events.'),
        impure('console', 'trouble is a rejection, an incident or a thrown bug.'),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Time comes from the command.' },
        { object: 'Math', property: 'random', message: 'The engine is deterministic.' },
        { object: 'DateTime', property: 'now', message: 'Time comes from the command.' },
        { object: 'DateTime', property: 'local', message: 'Time comes from the command.' },
        { object: 'DateTime', property: 'utc', message: 'Time comes from the command.' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Time comes from the command.' },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      'max-lines': 'off',
    },
  },
);
