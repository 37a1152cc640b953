import { existsSync, readFileSync, watch } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { loadBackend, whereItThrew } from './loader.js'
import { type Sandbox, startSandbox } from './sandbox.js'
import { type Outcome, TYPES_FILE, writeTypes } from './schemaTypes.js'
import { writeWhole } from './wholeFile.js'

const HELP = `backline sandbox: the backend of your amplify/ folder, on this machine, with no AWS account

  npx backline sandbox [options]

  --backend <folder>   the folder with backend.ts            (amplify)
  --port <number>      the one port of every service         (20300)
  --data <folder>      where it keeps its data               (.backline)
  --outputs <file>     the configuration it writes           (amplify_outputs.json)
  --types <file>       the types of the schema it writes     (amplify_schema.d.ts, beside the outputs)
  --no-types           write none
  --memory             keep nothing between runs
  --reset              forget all data first
  --once               do not watch the folder for changes
  --help
`

const OPTIONS = {
  backend: { type: 'string', default: 'amplify' },
  port: { type: 'string', default: '20300' },
  data: { type: 'string', default: '.backline' },
  outputs: { type: 'string', default: 'amplify_outputs.json' },
  types: { type: 'string' },
  'no-types': { type: 'boolean', default: false },
  memory: { type: 'boolean', default: false },
  reset: { type: 'boolean', default: false },
  once: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/** The command `backline sandbox`. Resolves with an exit code once it has ended: by SIGINT, SIGTERM, or because it could not start. */
export async function runSandbox(args: string[]): Promise<number> {
  let options: ReturnType<typeof read>
  try {
    options = read(args)
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${HELP}`)
    return 2
  }
  if (options.help) {
    console.log(HELP)
    return 0
  }
  const port = Number(options.port)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    console.error(`--port must be a whole number from 0 to 65535, not '${options.port}'.`)
    return 2
  }

  // What the folder's code left running must not take the sandbox, and everybody's work with it, down.
  const failedLate = (error: unknown) => console.error(whereItThrew(error, resolve(options.backend)))
  process.on('uncaughtException', failedLate)
  process.on('unhandledRejection', failedLate)
  try {
    return await serveUntilEnded(options, port)
  } finally {
    process.off('uncaughtException', failedLate)
    process.off('unhandledRejection', failedLate)
  }
}

async function serveUntilEnded(options: ReturnType<typeof read>, port: number): Promise<number> {
  const started = performance.now()
  let sandbox: Sandbox
  let backend: unknown
  try {
    backend = await loadBackend(options.backend)
    sandbox = await startSandbox({
      backend,
      port,
      dataDir: options.memory ? ':memory:' : resolve(options.data),
    })
  } catch (error) {
    console.error(explain(error, options.data, port))
    return 1
  }
  if (options.reset) await sandbox.reset()
  try {
    writeOutputs(options.outputs, sandbox)
  } catch (error) {
    await sandbox.stop()
    console.error((error as Error).message)
    return 1
  }
  const types = options['no-types']
    ? undefined
    : (options.types ?? join(dirname(options.outputs), TYPES_FILE))
  const typed = keepTypes(types, backend)
  const stopWatching = options.once ? () => {} : reloadOnChange(options, types, sandbox)
  console.log(
    [
      `The sandbox is up after ${Math.round(performance.now() - started)} ms.`,
      `  backend   ${relative(process.cwd(), resolve(options.backend)) || '.'}/${options.once ? '' : ', watched for changes'}`,
      `  outputs   ${options.outputs}`,
      ...(typed && typed !== 'absent'
        ? [`  types     ${types}${typed === 'renewed' ? ', which was stale and is written anew' : ''}`]
        : []),
      `  services  ${sandbox.url}`,
      `  inbox     ${sandbox.url}/_backline/`,
      'Stop it with Ctrl+C.',
    ].join('\n'),
  )
  await ended()
  stopWatching()
  await sandbox.stop()
  return 0
}

function read(args: string[]) {
  return parseArgs({ args, options: OPTIONS, strict: true, allowPositionals: false }).values
}

/** One line that says what is wrong and what to do; never a stack. */
function explain(error: unknown, data: string, port: number): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE')
    return `Port ${port} is in use, perhaps by another sandbox. Stop it, or choose one with --port.`
  if (code === 'EACCES' && port > 0 && port < 1024) return `This user may not listen on port ${port}.`
  if (code) return `The data folder ${data} cannot be used: ${message}.`
  return message
}

/** Written only when it says something new: bundlers watch the file. */
function writeOutputs(file: string, sandbox: Sandbox) {
  const text = `${JSON.stringify(sandbox.outputs, null, 2)}\n`
  try {
    if (existsSync(file) && readFileSync(file, 'utf8') === text) return
    writeWhole(file, text)
  } catch (cause) {
    throw new Error(`The outputs cannot be written to ${file}: ${(cause as Error).message}.`, { cause })
  }
}

/** Writes the types of the schema. What goes wrong is said and stops nobody. */
function keepTypes(file: string | undefined, backend: unknown): Outcome | undefined {
  if (file === undefined) return undefined
  try {
    return writeTypes(file, backend)
  } catch (error) {
    console.error((error as Error).message)
    return undefined
  }
}

function reloadOnChange(
  { backend: folder, outputs }: ReturnType<typeof read>,
  types: string | undefined,
  sandbox: Sandbox,
): () => void {
  let timer: NodeJS.Timeout | undefined
  let reloading = Promise.resolve()
  const reload = async () => {
    const began = performance.now()
    try {
      const backend = await loadBackend(folder)
      await sandbox.update(backend)
      writeOutputs(outputs, sandbox)
      keepTypes(types, backend)
      console.log(`Reloaded in ${Math.round(performance.now() - began)} ms.`)
    } catch (error) {
      console.error(`${(error as Error).message}\nThe last good backend keeps running.`)
    }
  }
  const watcher = watch(folder, { recursive: true }, (_, file) => {
    if (file && /(^|[\\/])(node_modules|\.)/.test(file)) return
    clearTimeout(timer)
    // Editors write a file in several steps.
    timer = setTimeout(() => {
      reloading = reloading.then(reload)
    }, 60)
  })
  watcher.on('error', (error) => console.error(`${join(folder)} is no longer watched: ${error.message}`))
  return () => {
    clearTimeout(timer)
    watcher.close()
  }
}

/** Told twice is told once: a terminal tells every process of the command, and they tell each other. */
function ended(): Promise<void> {
  return new Promise((resolve) => {
    process.on('SIGINT', () => resolve())
    process.on('SIGTERM', () => resolve())
  })
}
