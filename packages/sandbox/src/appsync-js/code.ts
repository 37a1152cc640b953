import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createContext, runInContext, Script } from 'node:vm'
import { build, type Message, type Plugin } from 'esbuild'
import type { Outcome } from './harness.js'

// APPSYNC_JS: a file that exports functions, run with no globals but the language's own, and `@aws-appsync/utils`.
// https://docs.aws.amazon.com/appsync/latest/devguide/resolver-util-reference-js.html

/** The code of one resolver, ready to run. */
export interface Code {
  /** `request`, and `onPublish.request` of an object that is called `onPublish`. */
  exports: Set<string>
  /** Calls an export with a copy of the context, in a context of its own. */
  run(name: string, context: object, now: number): Outcome
}

/** Milliseconds that one call may take. */
const PATIENCE = 1000
/** As AppSync: https://docs.aws.amazon.com/general/latest/gr/appsync.html */
const LARGEST = 32_000 * 4

/** Where the modules that run inside are, seen from the sources and from what they are built to. */
const INSIDE = ['./', '../src/appsync-js/']
  .map((folder) => new URL(folder, import.meta.url))
  .find((folder) => existsSync(new URL('harness.ts', folder)))

const inside = (name: string) => fileURLToPath(new URL(name, INSIDE))

/** @throws {Error} that says which line cannot be read. */
export async function readCode(entry: { file: string } | { text: string; name: string }): Promise<Code> {
  const name = 'file' in entry ? entry.file : entry.name
  const source = 'file' in entry ? readSource(entry.file) : entry.text
  if (source.length > LARGEST)
    throw new Error(`${name} is larger than the ${LARGEST} bytes that a resolver may have.`)
  try {
    const { outputFiles } = await build({
      stdin: {
        contents: `import { names, run } from '$harness'\nimport * as code from '$code'\nglobalThis.$names = names(code)\nglobalThis.$run = (name) => run(code, name)`,
        resolveDir: 'file' in entry ? dirname(entry.file) : process.cwd(),
      },
      bundle: true,
      write: false,
      format: 'iife',
      platform: 'neutral',
      target: 'es2022',
      logLevel: 'silent',
      plugins: [modules(entry)],
    })
    return codeOf(name, outputFiles[0]!.text)
  } catch (error) {
    const [first] = (error as { errors?: Message[] }).errors ?? []
    if (!first) throw error
    const place = first.location ? `:${first.location.line}` : ''
    throw new Error(`The resolver ${name}${place} cannot be read: ${first.text}`, { cause: error })
  }
}

function readSource(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw new Error(`The resolver ${file} does not exist.`)
  }
}

function modules(entry: { file: string } | { text: string }): Plugin {
  return {
    name: 'appsync-js',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\$harness$/ }, () => ({ path: inside('harness.ts') }))
      onResolve({ filter: /^@aws-appsync\/utils$/ }, () => ({ path: inside('utils.ts') }))
      onResolve({ filter: /^@aws-appsync\/utils\/dynamodb$/ }, () => ({ path: inside('utilsDynamodb.ts') }))
      onResolve({ filter: /^@aws-appsync\/utils\/ai$/ }, () => ({ path: inside('utilsAi.ts') }))
      onResolve({ filter: /^@aws-appsync\/utils\/rds$/ }, () => ({
        errors: [
          {
            text: '@aws-appsync/utils/rds is not served: a.handler.inlineSql() and a.handler.sqlReference() take statements.',
          },
        ],
      }))
      onResolve({ filter: /^\$code$/ }, () =>
        'file' in entry ? { path: entry.file } : { path: 'code', namespace: 'inline' },
      )
      onResolve({ filter: /^node:/ }, ({ path }) => ({
        errors: [{ text: `Resolvers run without Node: ${path} is not there.` }],
      }))
      onLoad({ filter: /.*/, namespace: 'inline' }, () => ({ contents: 'text' in entry ? entry.text : '' }))
    },
  }
}

function codeOf(name: string, text: string): Code {
  const script = new Script(text, { filename: name })
  const start = (given: object) => {
    // Nothing of the host's own objects gets in, or they would lead out: only texts cross.
    const context = createContext(Object.create(null) as object, {
      codeGeneration: { strings: false, wasm: false },
      microtaskMode: 'afterEvaluate',
    })
    const prepare = `globalThis.$state = { given: JSON.parse(${JSON.stringify(JSON.stringify(given))}), used: 0, appended: [], logs: [], invalidations: [], headers: {} };
globalThis.console = Object.fromEntries(['log', 'error', 'info', 'warn', 'debug'].map((kind) => [kind, (...all) => { $state.logs.push(all.map((each) => typeof each === 'string' ? each : JSON.stringify(each)).join(' ')) }]));`
    runInContext(prepare, context)
    script.runInContext(context, { timeout: PATIENCE })
    return context
  }
  const names = runInContext('$names', start({ now: 0, random: '00', context: {} })) as string
  return {
    exports: new Set(String(names).split(',')),
    run(call, context, now) {
      try {
        const running = start({ now, random: randomBytes(512).toString('hex'), context })
        const outcome: unknown = runInContext(`$run(${JSON.stringify(call)})`, running, { timeout: PATIENCE })
        return JSON.parse(String(outcome)) as Outcome
      } catch (error) {
        const slow = (error as { code?: string }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
        const message = slow
          ? `The resolver ${name} has not ended after ${PATIENCE} ms.`
          : String((error as Error).message)
        return {
          error: { message, errorType: 'Code', data: null, errorInfo: null },
          stash: null,
          left: { appended: [], logs: [], invalidations: [], headers: {} },
        }
      }
    },
  }
}
