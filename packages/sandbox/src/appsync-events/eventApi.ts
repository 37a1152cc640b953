import { randomUUID } from 'node:crypto'
import { type ApiKeys, createApiKeys } from '../appsync/apiKeys.js'
import { createLambdaAuthority, createOidc } from '../appsync/authorizers.js'
import { type Gate, identify, NotAllowed, typeOf } from '../appsync/callers.js'
import { identityOf } from '../appsync/identity.js'
import { createItems } from '../appsync/items.js'
import type { Caller } from '../appsync/rules.js'
import { createSources } from '../appsync/sources.js'
import { eventApiArn } from '../eventsPlanOf.js'
import type { Functions } from '../functions.js'
import type { AuthType, EventApiPlan, EventNamespacePlan } from '../plan.js'
import { isAllowed } from '../policiesOf.js'
import type { CredentialAuthority, TokenAuthority, WireRequest, World } from '../service.js'
import { type Channel, readChannel } from './channels.js'
import { askOnPublish, askOnSubscribe, type Call } from './handlers.js'

/** The rules of one Event API: who may connect, publish and subscribe, and what may be published. */
export interface EventApi {
  readonly plan: EventApiPlan
  /** Undefined where it takes no keys. */
  key(): string | undefined
  /** @throws {NotAllowed} */
  connect(request: WireRequest): Promise<void>
  /** @throws {NotAllowed} */
  subscribe(request: WireRequest, channel: unknown): Promise<Channel>
  /** @throws {NotAllowed} */
  publish(request: WireRequest, message: PublishMessage): Promise<Publication>
}

export interface PublishMessage {
  channel?: unknown
  events?: unknown
}

export interface Publication {
  channel: Channel
  /** What goes out, each a text of JSON. */
  events: string[]
  /** What the publisher is told. */
  answer: { successful: Receipt[]; failed: (Receipt & { code: number; message: string })[] }
}

interface Receipt {
  identifier: string
  index: number
}

export interface EventApiParts {
  world: World
  tokens: TokenAuthority
  credentials: CredentialAuthority
  functions: Functions
}

type Action = 'connect' | 'publish' | 'subscribe'

const MOST_EVENTS = 5
/** Bytes of one event. */
export const LARGEST_EVENT = 240 * 1024
const DAY = 86_400_000
/** As AppSync gives where a key does not say how long. */
const USUAL_DAYS = 7
const OPERATIONS = {
  connect: 'EVENT_CONNECT',
  publish: 'EVENT_PUBLISH',
  subscribe: 'EVENT_SUBSCRIBE',
} as const
const IAM = { connect: 'EventConnect', publish: 'EventPublish', subscribe: 'EventSubscribe' } as const

export function createEventApi(plan: EventApiPlan, parts: EventApiParts): EventApi {
  const { world, tokens, credentials, functions } = parts
  const keys = keysOf(plan, world)
  const items = createItems(world.store)
  const sources = createSources({ definition: { models: new Map() }, plan, items, functions, world })
  const gate: Gate = {
    apiKeys: keys,
    tokens,
    credentials,
    clock: world.clock,
    oidc: plan.oidc && createOidc(plan.oidc, world.clock),
    lambda: plan.lambda && createLambdaAuthority(plan.lambda, functions, world.clock),
  }

  async function admit(request: WireRequest, action: Action, modes: AuthType[], channel?: Channel) {
    const caller = await identify(request, gate, () => ({
      apiId: plan.id,
      accountId: world.accountId,
      requestId: randomUUID(),
      operation: OPERATIONS[action],
      channelNamespaceName: channel?.segments[0] ?? null,
      channel: channel?.path ?? null,
    }))
    if (!modes.includes(typeOf(caller))) throw new NotAllowed('You are not authorized to make this call.')
    if (caller.mode === 'iam') checkPolicies(caller, action, channel)
    return caller
  }

  const callOf = (
    caller: Caller,
    { headers }: WireRequest,
    target: { channel: Channel; namespace: EventNamespacePlan },
  ): Call => ({
    ...target,
    api: plan,
    sources,
    functions,
    headers,
    identity: identityOf(caller, world),
    now: world.clock.now(),
    log: world.log,
  })

  function checkPolicies({ principal }: Caller & { mode: 'iam' }, action: Action, channel?: Channel) {
    if (principal.role === 'root') return
    const role = principal.role === 'group' ? { group: principal.group } : principal.role
    const arn = eventApiArn(plan.id)
    const namespace = `${arn}/channelNamespace/${channel?.segments[0]}`
    const resources = channel ? [namespace, `${namespace}/${channel.segments.slice(1).join('/')}`] : [arn]
    if (isAllowed(world.plan.policies ?? [], role, `appsync:${IAM[action]}`, resources)) return
    throw new NotAllowed(
      `The role is not authorized to perform appsync:${IAM[action]} on ${resources[0]}.`,
      'AccessDeniedException',
      403,
    )
  }

  /** @throws {NotAllowed} where there is no such channel to be in. */
  function find(text: unknown, wildcard: boolean): { channel: Channel; namespace: EventNamespacePlan } {
    let channel: Channel
    try {
      channel = readChannel(text, { wildcard })
    } catch (error) {
      throw badRequest((error as Error).message)
    }
    const namespace = plan.namespaces.find(({ name }) => name === channel.segments[0])
    if (!namespace) throw badRequest(`There is no channel namespace ${channel.segments[0]}.`)
    return { channel, namespace }
  }

  return {
    plan,
    key: () => keys.current(),
    async connect(request) {
      await admit(request, 'connect', plan.connect)
    },
    async subscribe(request, text) {
      const target = find(text, true)
      const { channel, namespace } = target
      const caller = await admit(request, 'subscribe', namespace.subscribe ?? plan.subscribe, channel)
      await askOnSubscribe(callOf(caller, request, target))
      return channel
    },
    async publish(request, message) {
      const target = find(message.channel, false)
      const { channel, namespace } = target
      const caller = await admit(request, 'publish', namespace.publish ?? plan.publish, channel)
      const given = readEvents(message.events).map((text) => ({
        id: randomUUID(),
        payload: JSON.parse(text),
      }))
      const handled = await askOnPublish(callOf(caller, request, target), given)
      const errors = new Map(handled.map(({ id, error }) => [id, error]))
      const receipts = given.map(({ id: identifier }, index) => ({ identifier, index }))
      return {
        channel,
        events: handled
          .filter(({ error }) => error === undefined)
          .map(({ payload }) => JSON.stringify(payload ?? null)),
        answer: {
          // An event that the code dropped is one that it has dealt with.
          successful: receipts.filter(({ identifier }) => errors.get(identifier) === undefined),
          failed: receipts.flatMap((each) => {
            const message = errors.get(each.identifier)
            return message === undefined ? [] : [{ ...each, code: 400, message }]
          }),
        },
      }
    },
  }
}

function keysOf({ id, providers, keyExpires }: EventApiPlan, { store, clock }: World): ApiKeys {
  const keys = createApiKeys(store, clock, id)
  const days = keyExpires === undefined ? USUAL_DAYS : (keyExpires - clock.now()) / DAY
  keys.plan(providers.includes('API_KEY') ? days : undefined)
  return keys
}

function readEvents(events: unknown): string[] {
  if (!Array.isArray(events) || events.length === 0) throw badRequest('The request needs a list of events.')
  if (events.length > MOST_EVENTS) throw badRequest(`At most ${MOST_EVENTS} events can be published at once.`)
  for (const [index, event] of events.entries()) {
    if (typeof event !== 'string' || !isJson(event))
      throw badRequest(`The event at index ${index} must be a text of valid JSON.`)
    if (Buffer.byteLength(event) > LARGEST_EVENT)
      throw badRequest(`The event at index ${index} is larger than ${LARGEST_EVENT} bytes.`)
  }
  return events
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const badRequest = (message: string) => new NotAllowed(message, 'BadRequestException', 400)
