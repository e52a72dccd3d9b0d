// Style of the extension: strict types, small files, small functions.
import tseslint from 'typescript-eslint';

const sizes = {
  // Each `?.` and `??` counts as a branch.
  complexity: ['error', 12],
  'max-len': ['error', { code: 120 }],
  'max-lines': ['error', 250],
  'max-lines-per-function': ['error', 40],
};

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'e2e/fixtures/'] },
  {
    files: ['src/**/*.ts', 'test/**/*.ts', 'e2e/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: ['./tsconfig.json', './e2e/tsconfig.json'] } },
    rules: {
      ...sizes,
      eqeqeq: 'error',
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      // An empty text is as good as none in many places.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/prefer-nullish-coalescing': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  {
    files: ['test/**/*.ts', 'e2e/**/*.ts'],
    // The runner waits for a test by itself.
    rules: { '@typescript-eslint/no-floating-promises': 'off' },
  },
  // A suite is a function that holds its tests; and what they have to say goes to the console.
  { files: ['e2e/**/*.ts'], rules: { 'max-lines-per-function': 'off', 'no-console': 'off' } },
  { files: ['*.mjs'], rules: sizes },
);
