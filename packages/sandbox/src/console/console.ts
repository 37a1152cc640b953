import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { UserSummary } from '../cognito-idp/userPools.js'
import type { Fault } from '../faults.js'
import type { Message } from '../inbox.js'
import type { Service, WireRequest, WireResponse, World } from '../service.js'
import { page } from './page.js'

// The sandbox's own door, under `/_backline/`: what `Sandbox` offers in code, for browser tests and for people. It hands out the
// codes that prove who somebody is, and an administrator's keys, so it is for pages of this machine only.

const PATH = '/_backline/'
const LOCAL_ORIGIN = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\]|[\w-]+\.localhost)(:\d+)?$/i
const LOCAL_HOST = /^(localhost|127\.0\.0\.1|\[::1\]|[\w-]+\.localhost)(:\d+)?$/i
const LONGEST_WAIT = 60_000

export interface ConsoleParts {
  outputs: () => Record<string, unknown>
  /** Keys that may do everything. */
  credentials: { accessKeyId: string; secretAccessKey: string }
  users: () => UserSummary[]
  services: () => Service[]
  order: (fault: Fault) => void
  dropSockets: (refuse: number) => void
  reset: () => Promise<void>
}

/** Thrown where the sender is at fault; its message is the answer. */
class BadRequest extends Error {}

export function createConsole(world: World, parts: ConsoleParts): Service {
  const { inbox, clock } = world

  const routes: Record<string, (request: WireRequest) => Promise<unknown> | unknown> = {
    'GET state': () => ({
      url: world.url,
      now: clock.now(),
      services: [...new Set(parts.services().flatMap(({ name, spared }) => (spared ? [] : [name])))],
      inbox: inbox.all(),
      users: parts.users(),
      events: world.seen.latest(),
    }),
    'GET outputs': () => parts.outputs(),
    'GET credentials': () => parts.credentials,
    'GET inbox': () => inbox.all(),
    'POST inbox/next': (request) => nextMessage(world, request),
    'POST clock': async (request) => {
      clock.advance(numberIn(await bodyOf(request), 'advance', 0) ?? 0)
      return { now: clock.now() }
    },
    'POST fail': async (request) => {
      parts.order(faultIn(await bodyOf(request)))
      return {}
    },
    'POST sockets/drop': async (request) => {
      parts.dropSockets(numberIn(await bodyOf(request), 'refuse', 0) ?? 0)
      return {}
    },
    'POST reset': async () => {
      await parts.reset()
      return {}
    },
  }

  return {
    name: '_backline',
    spared: true,
    ownPreflight: true,
    matches: ({ url }) => url.pathname.startsWith(PATH) || `${url.pathname}/` === PATH,
    fault: (status, message) => json(status, { message }),
    async handle(request) {
      const { method, url, headers } = request
      const { origin } = headers
      const refusal = refused(headers)
      if (refusal) return json(403, { message: refusal })
      const permission: Record<string, string> = {
        vary: 'origin',
        ...(origin ? { 'access-control-allow-origin': origin } : {}),
      }
      const permitted = (response: WireResponse): WireResponse => ({
        ...response,
        headers: { ...response.headers, ...permission },
      })
      if (method === 'OPTIONS') {
        return permitted({
          status: 204,
          cors: false,
          headers: {
            'access-control-allow-methods': 'GET, POST',
            'access-control-allow-headers': 'content-type',
          },
        })
      }
      const name = url.pathname.slice(PATH.length)
      if (name === '' && method === 'GET') return html()
      const route = routes[`${method} ${name}`]
      if (!route) return permitted(json(404, { message: `There is no ${method} ${url.pathname} here.` }))
      try {
        return permitted(json(200, await route(request)))
      } catch (error) {
        if (error instanceof BadRequest) return permitted(json(400, { message: error.message }))
        throw error
      }
    },
  }
}

/** Why this request is not one of a page of this machine, or of a program on it. */
function refused({ origin, host, ...headers }: Record<string, string>): string | undefined {
  if (!LOCAL_HOST.test(host ?? '')) return 'The control page answers to localhost only.'
  if (origin !== undefined) {
    return LOCAL_ORIGIN.test(origin) ? undefined : 'The control page does not answer to other sites.'
  }
  // Requests that other sites make without an origin (images, scripts, links) tell by this header that they did.
  const foreign = headers['sec-fetch-site'] === 'cross-site' && headers['sec-fetch-mode'] !== 'navigate'
  return foreign ? 'The control page does not answer to other sites.' : undefined
}

async function nextMessage({ inbox }: World, request: WireRequest): Promise<Message> {
  const asked = await bodyOf(request)
  const { to, channel } = asked
  if (to !== undefined && typeof to !== 'string') throw new BadRequest('`to` must be a string.')
  if (channel !== undefined && channel !== 'email' && channel !== 'sms') {
    throw new BadRequest('`channel` must be "email" or "sms".')
  }
  const timeout = Math.min(numberIn(asked, 'timeout', 0) ?? 5_000, LONGEST_WAIT)
  const gone = new AbortController()
  const { socket } = request.body as IncomingMessage
  const leave = () => gone.abort()
  socket.once('close', leave)
  try {
    return await inbox.next({ to, channel }, { timeout, signal: gone.signal })
  } catch (error) {
    throw new BadRequest((error as Error).message)
  } finally {
    socket.off('close', leave)
  }
}

function faultIn(body: Record<string, unknown>): Fault {
  const { service, drop } = body
  if (service !== undefined && typeof service !== 'string')
    throw new BadRequest('`service` must be a string.')
  if (drop !== undefined && typeof drop !== 'boolean') throw new BadRequest('`drop` must be true or false.')
  const status = numberIn(body, 'status', 400, 599)
  const delay = numberIn(body, 'delay', 0)
  const times = numberIn(body, 'times', 1)
  const records = numberIn(body, 'records', 1)
  return { service, drop, status, delay, times, records }
}

function numberIn(
  body: Record<string, unknown>,
  name: string,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number | undefined {
  const value = body[name]
  if (value === undefined) return undefined
  if (typeof value !== 'number' || !(value >= least && value <= most)) {
    throw new BadRequest(`\`${name}\` must be a number from ${least} to ${most}.`)
  }
  return value
}

async function bodyOf(request: WireRequest): Promise<Record<string, unknown>> {
  const text = (await request.bytes()).toString('utf8')
  let parsed: unknown
  try {
    parsed = JSON.parse(text || '{}')
  } catch {
    throw new BadRequest('The body is not valid JSON.')
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new BadRequest('The body must be a JSON object.')
  }
  return parsed as Record<string, unknown>
}

function json(status: number, body: unknown): WireResponse {
  return {
    status,
    cors: false,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    },
    body: JSON.stringify(body),
  }
}

function html(): WireResponse {
  const nonce = randomBytes(16).toString('base64')
  return {
    status: 200,
    cors: false,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      // Nobody may frame the page either: its buttons do things.
      'content-security-policy': `default-src 'none'; connect-src 'self'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
      'x-content-type-options': 'nosniff',
    },
    body: page(nonce),
  }
}
