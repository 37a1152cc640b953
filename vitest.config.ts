import { defineConfig } from 'vitest/config'

// Unit tests run on the sources: the `source` condition of every package's exports leads there, no build needed.
export default defineConfig({
  resolve: { conditions: ['source', 'node', 'import', 'default'] },
  ssr: { resolve: { conditions: ['source', 'node', 'import', 'default'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts'],
    typecheck: { enabled: false },
    testTimeout: 30_000,
    pool: 'threads',
  },
})
