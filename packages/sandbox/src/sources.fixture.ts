// For tests only: programs in a process of their own, on our sources.

// Node reads our types away by itself; only the names of the files it must be told.
const RESOLVE = `import { registerHooks } from 'node:module'
  registerHooks({
    resolve(name, context, next) {
      try {
        return next(name, context)
      } catch (error) {
        if (!name.endsWith('.js')) throw error
        return next(name.slice(0, -3) + '.ts', context)
      }
    },
  })`

/** What Node is started with to run this program. */
export function running(program: string): string[] {
  const hooks = `data:text/javascript,${encodeURIComponent(RESOLVE)}`
  return ['-C', 'source', '--import', hooks, '--input-type=module', '-e', program]
}
