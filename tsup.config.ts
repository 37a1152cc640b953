import { defineConfig } from 'tsup'
// @ts-expect-error plain JavaScript, shared with the scripts
import { packages, root, SELF_CONTAINED } from './scripts/packages.mjs'

interface Package {
  folder: string
  manifest: {
    exports: Record<string, { require?: unknown }>
    dependencies?: Record<string, string>
    peerDependencies?: Record<string, string>
  }
  entries: string[]
}

// Declarations come from tsc (scripts/build.mjs): tsup's own need a compiler API that TypeScript 7 does not have. So do the ES modules of
// the runtime packages, file by file: an app's bundler can only part what was not joined before.
export default defineConfig(
  // A package of names alone is written by hand.
  (packages as Package[])
    .filter(({ entries }) => entries.length > 0)
    .map(({ folder, manifest, entries }) => {
      const selfContained = (SELF_CONTAINED as string[]).includes(folder)
      return {
        name: folder,
        entry: Object.fromEntries(entries.map((name) => [name, `${root}packages/${folder}/src/${name}.ts`])),
        outDir: `${root}packages/${folder}/dist`,
        format: [manifest.exports['.']?.require ? 'cjs' : 'esm'] as ('cjs' | 'esm')[],
        target: 'es2022',
        platform: folder === 'sandbox' ? 'node' : 'neutral',
        splitting: true,
        treeshake: false,
        clean: true,
        silent: true,
        // `node:sqlite` has no other name.
        removeNodeProtocol: false,
        sourcemap: folder === 'sandbox',
        noExternal: selfContained ? [/^@backline\//] : [],
        external: [
          ...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }),
          ...(selfContained ? [] : [/^@backline\//]),
        ],
        esbuildOptions(options) {
          options.conditions = ['source']
        },
        outExtension: ({ format }) => ({ js: format === 'cjs' ? '.cjs' : '.js' }),
      }
    }),
)
