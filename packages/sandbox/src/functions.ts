import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { build, type Message } from 'esbuild'
import { functionModules } from './functionModules.js'
import type { FunctionPlan } from './plan.js'

/** A function threw, ended badly or took too long. `type` is the name of the error as Lambda reports it. */
export class FunctionError extends Error {
  readonly type: string
  constructor(type: string, message: string, cause?: unknown) {
    super(message, { cause })
    this.type = type
  }
}

export interface Functions {
  /** Runs the handler on a copy of the event and gives what it returned. @throws {FunctionError} */
  invoke(plan: FunctionPlan, event: unknown): Promise<unknown>
  /** Lets go of every worker; the next call reads its source again. */
  forget(): Promise<void>
}

/** What a worker says when the handler is done. */
interface Answer {
  result?: string
  error?: { type: string; message: string; stack?: string }
}

interface Instance {
  run(event: unknown, timeoutSeconds: number): Promise<unknown>
  stop(): Promise<void>
}

interface Deployed {
  /** Where the bundle stands; fails where the source does not compile. */
  bundle: Promise<string>
  /** Warm, and waiting for an event. Like on Lambda an instance has one event at a time. */
  idle: Instance[]
}

/** Runs inside the worker. Handlers answer by promise or by callback. */
const BOOTSTRAP = `
const { parentPort, workerData } = require('node:worker_threads')
const loading = import(workerData.url)
parentPort.on('message', async ({ event, deadline }) => {
  try {
    const { handler } = await loading
    if (typeof handler !== 'function') throw Object.assign(new Error(workerData.name + ' exports no function called handler'), { name: 'Runtime.HandlerNotFound' })
    const context = {
      functionName: workerData.name, functionVersion: '$LATEST', awsRequestId: crypto.randomUUID(), memoryLimitInMB: '512',
      invokedFunctionArn: 'arn:aws:lambda:' + process.env.AWS_REGION + ':000000000000:function:' + workerData.name,
      logGroupName: '/aws/lambda/' + workerData.name, logStreamName: 'sandbox', callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    }
    const result = await new Promise((resolve, reject) => {
      const callback = (error, value) => (error ? reject(error) : resolve(value))
      const answer = handler(event, context, callback)
      if (answer && typeof answer.then === 'function') answer.then(resolve, reject)
      else if (handler.length < 3) resolve(answer)
    })
    // By way of JSON, as on Lambda: what is not JSON does not get out.
    parentPort.postMessage({ result: JSON.stringify(result === undefined ? null : result) })
  } catch (error) {
    parentPort.postMessage({ error: { type: (error && error.name) || 'Error', message: String((error && error.message) || error), stack: error && error.stack } })
  }
})`

/** Lambda for this sandbox. `environment` is what a function sees beside its own. */
export function createFunctions(
  environment: (plan: FunctionPlan) => Record<string, string>,
  log: (line: string) => void,
): Functions {
  const home = mkdtempSync(join(tmpdir(), 'backline-functions-'))
  let deployed = new WeakMap<FunctionPlan, Deployed>()
  const running = new Set<Instance>()
  let bundles = 0

  const deploy = (plan: FunctionPlan): Deployed => {
    let known = deployed.get(plan)
    if (!known) {
      const file = join(home, `${bundles++}.mjs`)
      const bundle = bundleOf(plan, file)
      // Whoever calls the function hears of it.
      bundle.catch(() => {})
      deployed.set(plan, (known = { bundle, idle: [] }))
    }
    return known
  }

  return {
    async invoke(plan, event) {
      const { bundle, idle } = deploy(plan)
      const file = await bundle
      const instance = idle.pop() ?? start(plan, file, environment(plan), log, running)
      try {
        return await instance.run(event, plan.timeoutSeconds)
      } finally {
        if (running.has(instance)) idle.push(instance)
      }
    },
    async forget() {
      deployed = new WeakMap()
      await Promise.all([...running].map((instance) => instance.stop()))
      rmSync(home, { recursive: true, force: true })
    },
  }
}

function start(
  { name, environment }: FunctionPlan,
  file: string,
  common: Record<string, string>,
  log: (line: string) => void,
  running: Set<Instance>,
): Instance {
  const worker = new Worker(BOOTSTRAP, {
    eval: true,
    workerData: { url: pathToFileURL(file).href, name },
    env: { PATH: process.env.PATH, TZ: 'UTC', ...common, AWS_LAMBDA_FUNCTION_NAME: name, ...environment },
    stdout: true,
    stderr: true,
    execArgv: ['--enable-source-maps'],
  })
  // A sandbox that is done does not wait for its functions.
  worker.unref()
  for (const stream of [worker.stdout, worker.stderr]) {
    createInterface({ input: stream }).on('line', (line) => log(`${name}: ${line}`))
  }
  /** The call that this instance is at. */
  let current: { resolve(value: unknown): void; reject(error: FunctionError): void } | undefined
  const end = (type: string, message: string, cause?: unknown) => {
    running.delete(instance)
    void worker.terminate()
    current?.reject(new FunctionError(type, message, cause))
  }
  worker.on('error', (error: Error) => end(error.name, error.message, error))
  worker.on('exit', (code) => end('Runtime.ExitError', `The runtime exited with the status ${code}`))
  worker.on('message', ({ result, error }: Answer) => {
    if (error) log(`${name}: ${error.stack ?? error.message}`)
    if (error) current?.reject(new FunctionError(error.type, error.message))
    else current?.resolve(JSON.parse(result!))
  })
  const instance: Instance = {
    async run(event, timeoutSeconds) {
      const patience = timeoutSeconds * 1000
      let timer: NodeJS.Timeout | undefined
      try {
        return await new Promise((resolve, reject) => {
          current = { resolve, reject }
          timer = setTimeout(
            () => end('Sandbox.Timedout', `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`),
            patience,
          )
          worker.postMessage({ event: JSON.parse(JSON.stringify(event)), deadline: Date.now() + patience })
        })
      } finally {
        current = undefined
        clearTimeout(timer)
      }
    },
    async stop() {
      running.delete(instance)
      await worker.terminate()
    },
  }
  running.add(instance)
  return instance
}

async function bundleOf({ entry, name }: FunctionPlan, outfile: string): Promise<string> {
  try {
    const { outputFiles } = await build({
      entryPoints: [entry],
      absWorkingDir: dirname(entry),
      bundle: true,
      write: false,
      outfile,
      platform: 'node',
      format: 'esm',
      target: 'node22',
      sourcemap: 'inline',
      sourcesContent: false,
      logLevel: 'silent',
      plugins: [functionModules],
      banner: {
        js: "import { createRequire as $createRequire } from 'node:module'; const require = $createRequire(import.meta.url);",
      },
    })
    mkdirSync(dirname(outfile), { recursive: true })
    writeFileSync(outfile, outputFiles[0]!.contents)
    return outfile
  } catch (error) {
    const [first] = (error as { errors?: Message[] }).errors ?? []
    const place = first?.location ? `${first.location.file}:${first.location.line} ` : ''
    throw new FunctionError(
      'Runtime.UserCodeSyntaxError',
      `The function ${name} (${entry}) cannot be read: ${place}${first?.text ?? (error as Error).message}`,
      error,
    )
  }
}
