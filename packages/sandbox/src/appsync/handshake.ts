import { Readable } from 'node:stream'
import type { WireRequest } from '../service.js'
import { NotAllowed } from './callers.js'

// How credentials travel over AppSync's WebSockets: as the headers of an HTTP request that was never sent.

/** Where the credentials of the handshake are: `?header=` or, for browsers, the subprotocol `header-…`; base64 of JSON. */
export function handshake({ url, headers }: WireRequest): Record<string, unknown> {
  const offered = headers['sec-websocket-protocol']?.split(',').map((each) => each.trim()) ?? []
  const encoded =
    url.searchParams.get('header') ??
    offered.find((each) => each.startsWith('header-'))?.slice('header-'.length)
  try {
    const header: unknown = JSON.parse(Buffer.from(encoded ?? '', 'base64').toString())
    if (typeof header === 'object' && header !== null) return header as Record<string, unknown>
  } catch {
    // Said below.
  }
  throw new NotAllowed('Required headers are missing.', 'BadRequestException', 400)
}

/** The credentials of a message as the request they were made for: a POST of `body` to `target`, which was signed but never sent. */
export function asSigned(
  origin: WireRequest,
  authorization: Record<string, unknown>,
  target: string,
  body: string,
): WireRequest {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(authorization)) headers[name.toLowerCase()] = String(value)
  if (!headers.host) throw new NotAllowed('Required headers are missing.', 'BadRequestException', 400)
  const bytes = Buffer.from(body)
  return {
    method: 'POST',
    target,
    url: URL.parse(target, `http://${headers.host}`) ?? origin.url,
    headers,
    body: Readable.from([]),
    bytes: async () => bytes,
  }
}
