import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, extname, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as schemaModule from '@backline/schema'
import * as backendModule from '@backline/schema/backend'
import { build, type Message, type Plugin } from 'esbuild'

/** An `amplify/` folder could not be read. The message says which file and line, and needs no stack. */
export class LoadError extends Error {}

/** Modules that our own `define…` and `a` stand in for, so that an app need not have them installed. */
const OURS =
  /^(@aws-amplify\/(backend|data-schema(\/internals)?|backend-data|backend-auth|backend-storage|backend-function)|(backline|aws-amplify)\/(backend|schema)|@backline\/schema(\/backend)?)$/
/** AWS CDK: calls on it are recorded, not run. */
const CDK = /^(aws-cdk-lib|constructs|@aws-cdk\/|@aws-amplify\/(backend-cli|ai-constructs|graphql-))/

/** Milliseconds that a folder's code may take to run. */
const PATIENCE = 30_000
const WAITS_FOR_EVER = `backend.ts has not finished after ${PATIENCE / 1000} s: something in it is awaited that does not come.`

/** Where the stand-ins of a folder that is being read find what they stand for, by the file that it is bundled to. */
const HANDOVER = 'backline.backendModules'
function handovers(): Map<string, object> {
  const home = globalThis as { [key: symbol]: Map<string, object> | undefined }
  return (home[Symbol.for(HANDOVER)] ??= new Map())
}

/**
 * Runs the `backend.ts` of an `amplify/` folder and returns what its `defineBackend(…)` made. TypeScript is stripped on the way,
 * imports without an extension work, and nothing is written beside the sources.
 *
 * @throws {LoadError}
 */
export async function loadBackend(folder: string): Promise<unknown> {
  const root = resolve(folder)
  const entry = moduleIn(root, 'backend')
  const local = moduleIn(root, 'local')
  if (!entry) {
    throw new LoadError(
      `${root} has no backend.ts. An Amplify Gen 2 backend starts there: export const backend = defineBackend({ … }).`,
    )
  }
  const temporary = mkdtempSync(join(tmpdir(), 'backline-load-'))
  const file = join(temporary, 'backend.mjs')
  const made: Made = { backends: [], locals: [], recordings: [] }
  handovers().set(file, withWitness(made))
  try {
    writeFileSync(file, await bundle([entry, ...(local ? [local] : [])], root, file))
    process.setSourceMapsEnabled(true)
    await inTime(import(pathToFileURL(file).href))
  } catch (error) {
    if (error instanceof LoadError && error.cause) throw error
    throw new LoadError(whereItThrew(error, root), { cause: error })
  } finally {
    handovers().delete(file)
    rmSync(temporary, { recursive: true, force: true })
  }
  const backend = made.backends.at(-1)
  if (!backend) throw new LoadError(`${relative(process.cwd(), entry)} does not call defineBackend(…).`)
  if (local && !made.locals.length)
    throw new LoadError(`${relative(process.cwd(), local)} does not call defineLocal(…).`)
  const { props } = backend
  // What was made of CDK's own modules belongs to the backend as well.
  const recordings = [...props.recordings, ...made.recordings]
  const locals = made.locals.map((each, index) => [`local.ts ${index}`, each])
  return {
    ...backend,
    props: { ...props, recordings, parts: { ...props.parts, ...Object.fromEntries(locals) } },
  }
}

/** A file of the folder, in any of the dialects that it may be written in. */
function moduleIn(root: string, name: string): string | undefined {
  return ['ts', 'mts', 'js', 'mjs'].map((ending) => join(root, `${name}.${ending}`)).find(existsSync)
}

/** What the folder's code made while it ran. */
interface Made {
  backends: backendModule.Backend<object>[]
  locals: backendModule.LocalDefinition[]
  recordings: backendModule.Recording[]
}

/** A top-level `await` of something that never comes would end the process without a word, or hold up every reload. */
async function inTime(running: Promise<unknown>) {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(WAITS_FOR_EVER)), PATIENCE)
  })
  await Promise.race([running, late]).finally(() => clearTimeout(timer))
}

/** `backend.ts` need not export anything, so the last `defineBackend` that ran is what counts. */
function withWitness({ backends, locals, recordings }: Made) {
  const words = {
    ...schemaModule,
    ...backendModule,
    defineBackend: (parts: Record<string, unknown>) => {
      const backend = backendModule.defineBackend(parts)
      backends.push(backend)
      return backend
    },
    defineLocal: (props: backendModule.LocalProps) => {
      const local = backendModule.defineLocal(props)
      locals.push(local)
      return local
    },
  }
  return {
    record: (module: string) => backendModule.record(module, recordings),
    in: (folder: string) => ({
      ...words,
      a: withPlaces(folder),
      defineFunction: (props: backendModule.FunctionProps = {}) =>
        backendModule.defineFunction({ ...props, entry: resolve(folder, props.entry ?? './handler.ts') }),
    }),
  }
}

/** The files of handlers are relative to the file that names them. */
function withPlaces(folder: string): typeof schemaModule.a {
  const { handler } = schemaModule.a
  const custom: typeof handler.custom = (input) =>
    handler.custom({ ...input, entry: resolve(folder, input.entry) })
  return namingWhatIsMissing({ ...schemaModule.a, handler: { ...handler, custom } })
}

/** `a.query is not a function` would leave people guessing whose fault it is. */
function namingWhatIsMissing<Builder extends object>(builder: Builder): Builder {
  return new Proxy(builder, {
    get(target, name, receiver) {
      if (typeof name === 'symbol' || name in target) return Reflect.get(target, name, receiver)
      throw new LoadError(`a.${name} is not a part of a schema that is served here.`)
    },
  })
}

async function bundle(files: string[], root: string, outfile: string): Promise<string> {
  try {
    const { outputFiles } = await build({
      stdin: {
        contents: files.map((file) => `import ${JSON.stringify(file)}`).join('\n'),
        resolveDir: root,
      },
      absWorkingDir: dirname(root),
      bundle: true,
      write: false,
      outfile,
      platform: 'node',
      format: 'esm',
      target: 'node22',
      sourcemap: 'inline',
      logLevel: 'silent',
      plugins: [standIns(outfile), ownPlaces],
      define: PLACES,
      banner: {
        js: "import { createRequire as $createRequire } from 'node:module'; const require = $createRequire(import.meta.url);",
      },
    })
    return outputFiles[0]?.text ?? ''
  } catch (error) {
    const messages = (error as { errors?: Message[] }).errors
    if (!messages?.length) throw error
    throw new LoadError(messages.map(whereItBroke).join('\n'), { cause: error })
  }
}

function standIns(file: string): Plugin {
  const handover = `globalThis[Symbol.for('${HANDOVER}')].get(${JSON.stringify(file)})`
  return {
    name: 'stand-ins',
    setup({ onResolve, onLoad }) {
      // One module per importing folder: an `entry` is relative to the file that says it.
      onResolve({ filter: OURS }, ({ resolveDir }) => ({ path: resolveDir, namespace: 'backline' }))
      onResolve({ filter: CDK }, ({ path }) => ({ path, namespace: 'cdk' }))
      onLoad({ filter: /.*/, namespace: 'backline' }, ({ path }) => ({
        contents: `module.exports = ${handover}.in(${JSON.stringify(path)})`,
      }))
      onLoad({ filter: /.*/, namespace: 'cdk' }, ({ path }) => ({
        // The recorder is the prototype, where esbuild's interop leaves any name of an import findable.
        contents: `module.exports = Object.create(${handover}.record(${JSON.stringify(path)}))`,
      }))
    },
  }
}

/** Names that a file may use for where it is, and what stands in their place. */
const PLACES = {
  'import.meta.url': '$fileUrl',
  'import.meta.filename': '$filename',
  'import.meta.dirname': '$dirname',
  __filename: '$filename',
  __dirname: '$dirname',
}
const LOADERS = { ts: 'ts', mts: 'ts', cts: 'ts', tsx: 'tsx' } as const

/** A file that asks where it is gets told so, and not where the bundle is. */
const ownPlaces: Plugin = {
  name: 'own-places',
  setup({ onLoad }) {
    onLoad({ filter: /\.[cm]?[jt]sx?$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8')
      if (!/\bimport\.meta\b|\b__(dir|file)name\b/.test(text)) return undefined
      const [url, file, folder] = [pathToFileURL(path).href, path, dirname(path)].map((each) =>
        JSON.stringify(each),
      )
      return {
        // On the first line, so that errors keep theirs.
        contents: `const $fileUrl = ${url}, $filename = ${file}, $dirname = ${folder}; ${text}`,
        loader: LOADERS[extname(path).slice(1) as keyof typeof LOADERS] ?? 'jsx',
      }
    })
  },
}

function whereItBroke({ location, text }: Message): string {
  return location ? `${location.file}:${location.line}:${location.column + 1} ${text}` : text
}

/** The message, with the first place in the folder's own sources that the stack names. */
export function whereItThrew(error: unknown, root: string): string {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error))
  const base = dirname(root)
  for (const [, file, line, column] of stack.matchAll(/\(?(?:file:\/\/)?([^\s()]+):(\d+):(\d+)\)?/g)) {
    const path = file && (file.startsWith('/') ? file : resolve(base, file))
    if (path?.startsWith(`${root}/`)) return `${relative(base, path)}:${line}:${column} ${message}`
  }
  return message
}
