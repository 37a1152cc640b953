// Lets Node run our TypeScript as it stands: `node --conditions=source --import ./scripts/sources.mjs file.ts`.
import { registerHooks } from 'node:module'

registerHooks({
  resolve(specifier, context, next) {
    const ours = /\/(packages|tests|benchmarks)\/(?!.*node_modules)/.test(context.parentURL ?? '')
    if (ours && /^\.{1,2}\/.*\.js$/.test(specifier)) {
      try {
        return next(specifier.replace(/\.js$/, '.ts'), context)
      } catch (error) {
        if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
      }
    }
    return next(specifier, context)
  },
})
