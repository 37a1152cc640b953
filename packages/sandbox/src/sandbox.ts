import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AiOptions } from './ai/model.js'
import { aiFromEnvironment } from './ai/remoteModels.js'
import { createAppSync } from './appsync/service.js'
import { readHandlers } from './appsync-events/handlers.js'
import { createAppSyncEvents } from './appsync-events/service.js'
import { type Clock, createClock } from './clock.js'
import { createIdentityPools } from './cognito-identity/identityPools.js'
import { createUserPools } from './cognito-idp/userPools.js'
import { type ConsoleParts, createConsole } from './console/console.js'
import { written } from './constructs.js'
import { lockData } from './dataLock.js'
import { readResolvers } from './dataPlanOf.js'
import { createFaults, type Fault } from './faults.js'
import { createFirehose } from './firehose/service.js'
import { createFunctionKeys } from './functionKeys.js'
import { createFunctions, type Functions } from './functions.js'
import { createInbox, type Inbox } from './inbox.js'
import { createKinesis } from './kinesis/service.js'
import { createLex } from './lex/service.js'
import { loadBackend } from './loader.js'
import { createLocation } from './location/service.js'
import { createPersonalize } from './personalize/service.js'
import { createPinpoint } from './pinpoint/service.js'
import { ACCOUNT, REGION } from './place.js'
import type { BackendPlan, FunctionPlan } from './plan.js'
import { merge, planOf } from './planOf.js'
import { openReceivedEvents, type ReceivedEvent, type ReceivedEvents } from './receivedEvents.js'
import { createRest } from './rest/service.js'
import { createS3 } from './s3/service.js'
import { createSeenEvents } from './seenEvents.js'
import { listen } from './server.js'
import type { CredentialAuthority, IssuedCredentials, Service, World } from './service.js'
import { bucketVariables } from './storagePlanOf.js'
import { openStore, type Store } from './store.js'

export interface SandboxOptions {
  /** A folder with a `backend.ts`, or what `defineBackend(…)` returned. */
  backend: unknown
  /** 0, the default in code, takes a free one. */
  port?: number
  /** Where everything is kept between runs; `:memory:` (the default in code) keeps nothing. */
  dataDir?: string
  /** The model that answers AI routes. By default one on this machine, which always answers the same. */
  ai?: AiOptions
}

export interface Sandbox {
  readonly url: string
  /** The `amplify_outputs.json` of this backend, for `Amplify.configure`. */
  readonly outputs: Record<string, unknown>
  readonly inbox: Inbox
  readonly clock: Clock
  /** Keys that may do everything, as an administrator's would. */
  readonly credentials: { accessKeyId: string; secretAccessKey: string }
  /** What a service took that it has no way of giving back, oldest first. */
  received(service: 'personalize' | 'mobiletargeting'): ReceivedEvent[]
  failNext(fault: Fault): void
  /** Cuts every WebSocket that is open, and the next `refuse` that would be opened (none by default). */
  dropSockets(refuse?: number): void
  /** Serves another definition from now on, over the data that is there. Refused as a whole if any service refuses it. */
  update(backend: unknown): Promise<void>
  /** Forgets all data, mail, faults and time travel. */
  reset(): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts the local backend: every service on one port of 127.0.0.1.
 *
 * @example
 * const sandbox = await startSandbox({ backend: './amplify' })
 * Amplify.configure(sandbox.outputs)
 * @throws {LoadError} where the folder cannot be read; the message says which file and line.
 */
export async function startSandbox({ backend, ...rest }: SandboxOptions): Promise<Sandbox> {
  return serve(await planFrom(backend), rest)
}

async function planFrom(backend: unknown): Promise<BackendPlan> {
  const warn = (line: string) => console.warn(`[sandbox] ${line}`)
  const plan = planOf(typeof backend === 'string' ? await loadBackend(backend) : backend, warn)
  await readResolvers(plan.data)
  await readHandlers(plan.eventApis)
  return plan
}

/** Serves a plan. `startSandbox` makes the plan first. */
export async function serve(
  plan: BackendPlan,
  {
    port = 0,
    dataDir = ':memory:',
    ai = aiFromEnvironment(process.env),
  }: Omit<SandboxOptions, 'backend'> = {},
): Promise<Sandbox> {
  const inMemory = dataDir === ':memory:'
  const home = inMemory ? mkdtempSync(join(tmpdir(), 'backline-')) : dataDir
  mkdirSync(home, { recursive: true })
  const lock = inMemory ? undefined : lockData(home)
  let store: Store
  try {
    store = openStore(inMemory ? ':memory:' : join(home, 'backline.sqlite'))
  } catch (error) {
    lock?.release()
    throw error
  }
  const faults = createFaults()
  const clock = createClock()
  const log = (line: string) => console.error(`[sandbox] ${line}`)

  let services: Service[] = []
  const leave = () => {
    store.close()
    lock?.release()
    if (inMemory) rmSync(home, { recursive: true, force: true })
  }
  const server = await listen(port, { services: () => services, faults, clock, log }).catch(
    (error: Error) => {
      leave()
      throw error
    },
  )
  const world: World = {
    plan,
    store,
    clock,
    inbox: createInbox(),
    seen: createSeenEvents(clock.now),
    url: `http://127.0.0.1:${server.port}`,
    region: REGION,
    accountId: ACCOUNT,
    filesDir: join(home, 'files'),
    ai,
    log,
  }
  lock?.sign(world.url)
  const root: IssuedCredentials = rootCredentials(store)
  const credentials = { accessKeyId: root.accessKeyId, secretAccessKey: root.secretAccessKey }
  const outputs = () => outputsOf(world, services)
  const keys = createFunctionKeys(root)
  const functions = createFunctions((plan) => functionEnvironment(world, keys.of(plan), outputs(), plan), log)
  const received = openReceivedEvents(world)
  try {
    services = assemble(world, keys, functions, received, {
      outputs,
      credentials,
      services: () => services,
      order: faults.order,
      dropSockets: server.dropSockets,
      reset,
    })
  } catch (error) {
    await end()
    throw error
  }

  async function reset() {
    store.transaction(() => {
      for (const service of services) service.reset?.()
    })
    world.inbox.clear()
    world.seen.clear()
    faults.clear()
    server.dropSockets(0)
    clock.reset()
  }

  async function end() {
    await server.close()
    for (const service of services) await service.close?.()
    await functions.forget()
    leave()
  }
  let ending: Promise<void> | undefined

  return {
    url: world.url,
    get outputs() {
      return outputs()
    },
    inbox: world.inbox,
    clock,
    credentials,
    received: received.of,
    failNext: faults.order,
    dropSockets: (refuse = 0) => server.dropSockets(refuse),
    async update(backend) {
      const before = world.plan
      world.plan = await planFrom(backend)
      try {
        for (const service of services) service.reload?.()
      } catch (error) {
        world.plan = before
        for (const service of services) service.reload?.()
        throw error
      }
      // Their sources may have changed as well.
      await functions.forget()
    },
    reset,
    stop: () => (ending ??= end()),
  }
}

/** Each service is made here, in the order in which they need each other; the first that matches a request answers it. */
function assemble(
  world: World,
  administrators: CredentialAuthority,
  functions: Functions,
  received: ReceivedEvents,
  controls: Omit<ConsoleParts, 'users'>,
): Service[] {
  const userPools = createUserPools(world, administrators, functions)
  const identityPools = createIdentityPools(world, userPools, administrators)
  const s3 = createS3(world, identityPools, functions)
  return [
    createConsole(world, { ...controls, users: userPools.users }),
    userPools.service,
    userPools.hostedPages,
    identityPools.service,
    createAppSyncEvents({ world, tokens: userPools, credentials: identityPools, functions }),
    createRest({ world, tokens: userPools, credentials: identityPools, functions }),
    createAppSync(world, userPools, identityPools, functions).service,
    ...createLocation(world, identityPools),
    ...createLex(world, identityPools, functions),
    s3.service,
    createKinesis(world, identityPools),
    createFirehose(world, identityPools, s3.deliver),
    createPersonalize(world, identityPools, received),
    createPinpoint(world, identityPools, received),
  ]
}

/** Every service's part, and what the definition itself adds, in one `amplify_outputs.json`. */
function outputsOf({ plan, url }: World, services: Service[]): Record<string, unknown> {
  const own = [{ version: '1.4' }, ...services.map((service) => service.outputs?.() ?? {})].reduce<
    Record<string, unknown>
  >(merge, {})
  const auth = (own.auth ?? {}) as Record<string, unknown>
  /** What only a running sandbox knows. */
  const attribute = (path: string): string | undefined => {
    if (path === 'sandbox.host') return new URL(url).host
    const [, name] =
      /^\w+\.resources\.(userPool\.userPoolId|userPoolClient\.userPoolClientId|cfnResources\.cfnIdentityPool\.(?:ref|attrId)|identityPoolId)$/.exec(
        path,
      ) ?? []
    if (name) {
      const of = name.startsWith('userPool.')
        ? 'user_pool_id'
        : name.startsWith('userPoolClient.')
          ? 'user_pool_client_id'
          : 'identity_pool_id'
      return auth[of] as string | undefined
    }
    return services.map((service) => service.attribute?.(path)).find((each) => each !== undefined)
  }
  return merge(own, written(plan.extraOutputs, attribute) as Record<string, unknown>)
}

/** The administrator's key: made once per store, so that a script may keep it. */
function rootCredentials(store: ReturnType<typeof openStore>): IssuedCredentials {
  store.migrate('root', ['CREATE TABLE root_key (id TEXT PRIMARY KEY, secret TEXT NOT NULL) STRICT'])
  const known = store.get<{ id: string; secret: string }>('SELECT id, secret FROM root_key')
  const { id, secret } = known ?? {
    id: `AKIA${randomBytes(8).toString('hex').toUpperCase()}`,
    secret: randomBytes(30).toString('base64'),
  }
  if (!known) store.run('INSERT INTO root_key VALUES (?, ?)', id, secret)
  return { accessKeyId: id, secretAccessKey: secret, principal: { role: 'root' } }
}

/** What a Lambda function finds in its environment: its keys, and every AWS SDK pointed at this sandbox. */
function functionEnvironment(
  { plan, url, region }: World,
  keys: IssuedCredentials,
  outputs: Record<string, unknown>,
  { name }: FunctionPlan,
) {
  const auth = outputs.auth as { user_pool_id?: string } | undefined
  const data = outputs.data as { url: string; model_introspection: unknown } | undefined
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    ...(keys.sessionToken ? { AWS_SESSION_TOKEN: keys.sessionToken } : {}),
    ...bucketVariables(plan.storages, name),
    AWS_ENDPOINT_URL: url,
    ...(auth?.user_pool_id ? { AMPLIFY_AUTH_USERPOOL_ID: auth.user_pool_id } : {}),
    ...(data
      ? {
          AMPLIFY_DATA_GRAPHQL_ENDPOINT: data.url,
          AMPLIFY_DATA_MODEL_INTROSPECTION: JSON.stringify(data.model_introspection),
        }
      : {}),
  }
}
