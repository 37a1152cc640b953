import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import {
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2'
import { type AddressInfo, createServer as createSocketServer, type Socket } from 'node:net'
import { type Duplex, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Clock } from './clock.js'
import type { Faults } from './faults.js'
import type { Service, WireRequest, WireResponse } from './service.js'

/** Thrown by `WireRequest.bytes` past its limit; answered 413 in the service's own words. */
export class BodyTooLarge extends Error {
  constructor(limit: number) {
    super(`The request body is larger than ${limit} bytes.`)
  }
}

/** What the server needs to answer. */
export interface House {
  services: () => Service[]
  faults: Faults
  clock: Clock
  log: (line: string) => void
}

export interface Server {
  readonly port: number
  /** Cuts every WebSocket that is open, and the next `refuse` that would be opened. */
  dropSockets(refuse: number): void
  close(): Promise<void>
}

/** Only names that mean this machine, and AWS's own (clients with wired-in hosts are pointed here by their tests): no DNS rebinding. */
const HOSTS = /^(localhost|127\.0\.0\.1|\[::1\]|[\w.-]+\.localhost|[\w.-]+\.amazonaws\.com)(:\d+)?$/i

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': '*, authorization, date, etag, x-amzn-requestid, x-amzn-errortype',
}

/** A request and its answer as Node has them, of either version of HTTP. */
type Incoming = IncomingMessage | Http2ServerRequest
type Outgoing = ServerResponse | Http2ServerResponse

/** What a client of HTTP/2 begins with: https://www.rfc-editor.org/rfc/rfc9113#name-http-2-connection-preface */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
/** No method of HTTP/1.1 begins with these. */
const TELLING = 3

/** Listens on 127.0.0.1 only, to both versions of HTTP, and hands each request to the first service that knows it. */
export async function listen(port: number, house: House): Promise<Server> {
  const { services, faults } = house
  // A socket that has become a WebSocket is no longer the HTTP server's to close.
  const upgraded = new Set<Duplex>()
  let refusals = 0
  const onRequest = (incoming: Incoming, outgoing: Outgoing) => {
    answer(incoming, house).then(
      (response) => send(response, incoming, outgoing, house.clock),
      () => cut(outgoing),
    )
  }
  const http = createServer({ maxHeaderSize: 64 * 1024 }, onRequest)
  const http2 = createHttp2Server({ settings: { maxHeaderListSize: 64 * 1024 } }, onRequest)
  const sockets = new Set<Socket>()
  const front = createSocketServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    whenItSpeaks(socket, (isHttp2) => {
      if (isHttp2) http2.emit('connection', socket)
      else http.emit('connection', socket)
    })
  })
  http.on('upgrade', (incoming, socket, head) => {
    socket.on('error', () => socket.destroy())
    upgraded.add(socket)
    socket.once('close', () => upgraded.delete(socket))
    const request = HOSTS.test(hostOf(incoming)) ? parse(incoming) : undefined
    const service = request ? services().find((each) => each.upgrade && each.matches(request)) : undefined
    if (!request || !service?.upgrade) socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n')
    else if (refusals > 0) {
      refusals--
      socket.destroy()
    } else if (faults.take(service.name)) socket.destroy()
    else service.upgrade(request, incoming, socket, head)
  })
  await new Promise<void>((resolve, reject) => {
    front.once('error', reject)
    front.listen(port, '127.0.0.1', resolve)
  })
  return {
    port: (front.address() as AddressInfo).port,
    dropSockets(refuse) {
      refusals = refuse
      for (const socket of upgraded) socket.destroy()
    },
    close: () =>
      new Promise((resolve) => {
        front.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

/** Waits for the first bytes, which tell the versions of HTTP apart, and puts them back for whoever reads on. */
function whenItSpeaks(socket: Socket, tell: (isHttp2: boolean) => void): void {
  let said = Buffer.alloc(0)
  const ignore = () => undefined
  const listen = (chunk: Buffer) => {
    said = Buffer.concat([said, chunk])
    const start = said.subarray(0, PREFACE.length)
    const isHttp2 = PREFACE.subarray(0, start.length).equals(start)
    if (isHttp2 && start.length < TELLING) return
    socket.off('data', listen)
    socket.off('error', ignore)
    socket.pause()
    socket.unshift(said)
    tell(isHttp2)
    if (!isHttp2) socket.resume()
  }
  socket.on('data', listen)
  // Reset before it has said anything: it closes, and nobody need know.
  socket.on('error', ignore)
}

/** Ends the connection without an answer. */
function cut(outgoing: Outgoing): void {
  if ('stream' in outgoing) outgoing.stream?.session?.destroy()
  else outgoing.destroy()
}

async function answer(incoming: Incoming, { services, faults, log }: House): Promise<WireResponse> {
  if (!HOSTS.test(hostOf(incoming))) {
    return { status: 403, body: 'The sandbox answers to localhost only.' }
  }
  const request = parse(incoming)
  if (!request) return { status: 400, body: 'The request line could not be read.' }
  const service = services().find((each) => each.matches(request))
  if (request.method === 'OPTIONS' && !service?.ownPreflight) return preflight(request)
  if (!service) return unknown(request)
  const fault = service.spared ? undefined : faults.take(service.name)
  if (fault?.drop) throw new Error('dropped by order')
  if (fault?.delay) await new Promise((resolve) => setTimeout(resolve, fault.delay))
  if (fault?.records) request.refuse = fault.records
  if (fault?.status) return service.fault(fault.status, 'An error ordered from the sandbox.')
  try {
    return await service.handle(request)
  } catch (error) {
    if (error instanceof BodyTooLarge) return service.fault(413, error.message)
    // Nobody waits for an answer on a closed connection; that it closed is what went wrong.
    if (!incoming.socket?.destroyed) {
      const what = (error as Error).stack ?? error
      log(`${service.name}: ${request.method} ${request.url.pathname} failed inside: ${what}`)
    }
    return service.fault(500, 'Something went wrong inside the sandbox; its log says what.')
  }
}

/** Browsers ask before they send: https://fetch.spec.whatwg.org/#http-cors-protocol. `*` does not cover `authorization`. */
function preflight({ headers }: WireRequest): WireResponse {
  return {
    status: 204,
    headers: {
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, DELETE, PATCH',
      'access-control-allow-headers': headers['access-control-request-headers'] ?? '*',
      'access-control-max-age': '600',
      ...(headers['access-control-request-private-network']
        ? { 'access-control-allow-private-network': 'true' }
        : {}),
    },
  }
}

function unknown({ method, url, headers }: WireRequest): WireResponse {
  const target = headers['x-amz-target']
  if (target === undefined) {
    return { status: 404, body: `No service of the sandbox answers ${method} ${url.pathname}.` }
  }
  // The shape in which every JSON service of AWS answers such a target.
  const message = `No service of the sandbox knows the target ${JSON.stringify(target)}.`
  return {
    status: 400,
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amzn-errortype': 'UnknownOperationException',
    },
    body: JSON.stringify({ __type: 'UnknownOperationException', message }),
  }
}

/** HTTP/2 says it as `:authority`: https://www.rfc-editor.org/rfc/rfc9113#section-8.3.1 */
function hostOf({ headers }: Incoming): string {
  return (headers[':authority'] as string | undefined) ?? headers.host ?? ''
}

function parse(incoming: Incoming): WireRequest | undefined {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined && !name.startsWith(':'))
      headers[name] = Array.isArray(value) ? value.join(',') : value
  }
  headers.host = hostOf(incoming)
  const target = incoming.url ?? '/'
  // The Host header alone says who is meant: not a path that begins with two slashes, nor the host of an absolute target.
  const path = target.replace(/^https?:\/\/[^/?]*/i, '')
  const url = URL.parse(`http://${headers.host}${path.startsWith('/') ? '' : '/'}${path}`)
  if (!url) return undefined
  let whole: Promise<Buffer> | undefined
  return {
    method: incoming.method ?? 'GET',
    target,
    url,
    headers,
    body: incoming,
    bytes: (limit = 1024 * 1024) => (whole ??= collect(incoming, limit)),
  }
}

function collect(body: Readable, limit: number): Promise<Buffer> {
  // Not `for await`: leaving that early destroys the socket, and with it the answer that says why.
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    body.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > limit) {
        chunks.length = 0
        reject(new BodyTooLarge(limit))
      } else chunks.push(chunk)
    })
    body.once('end', () => resolve(Buffer.concat(chunks)))
    body.once('error', reject)
    body.once('close', () => reject(new Error('The connection closed before the body had arrived.')))
  })
}

async function send(
  response: WireResponse,
  incoming: Incoming,
  outgoing: Outgoing,
  clock: Clock,
): Promise<void> {
  // The two classes agree on this, and TypeScript cannot see it.
  ;(outgoing as ServerResponse).writeHead(response.status, {
    ...(response.cors === false ? {} : CORS),
    date: new Date(clock.now()).toUTCString(),
    ...response.headers,
  })
  const { body } = response
  try {
    if (incoming.method === 'HEAD' || body === undefined) outgoing.end()
    else if (body instanceof Readable) await pipeline(body, outgoing)
    else outgoing.end(body)
  } catch {
    outgoing.destroy()
  }
  // What a service did not read must not block the connection.
  if (!incoming.readableEnded) incoming.resume()
}
