import { defineConfig } from 'vitest/config'

const source = ['source', 'node']

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'threads',
    // Most files wait for a server, a browser or a build of theirs: one core less, as is the rule, would leave a small machine half idle.
    maxWorkers: '100%',
    projects: [
      {
        // On the sources: the `source` condition of every package's exports leads there, no build needed.
        extends: true,
        resolve: { conditions: source },
        ssr: { resolve: { conditions: source } },
        test: { name: 'units', include: ['packages/*/src/**/*.test.ts'] },
      },
      built('journeys', ['tests/runtimes/**/*.test.ts']),
      built('compat', ['tests/compat/**/*.test.ts']),
    ],
  },
})

/** On the built packages, as apps have them: Node itself loads them, vitest does not look inside. */
function built(name: string, include: string[]) {
  return {
    extends: true as const,
    test: { name, include, server: { deps: { external: [/\/packages\/[\w-]+\/dist\//] } } },
  }
}
