import type { NodeRequest, NodeResponse } from './cookiePort.js'

// A request of `node:http` as the web writes it, without its body, and an answer of the web written to `node:http`.

export interface NodeAnswer extends NodeResponse {
  statusCode: number
  setHeader(name: string, value: string | string[]): unknown
  end(body?: string): unknown
}

export function requestOfNode(
  { url = '/', method = 'GET', headers }: NodeRequest & { url?: string; method?: string },
  origin: string,
): Request {
  const { cookie } = headers
  const text = Array.isArray(cookie) ? cookie.join('; ') : cookie
  // Through the origin, for a path that begins with two slashes is none of another host.
  return new Request(origin + url, { method, headers: text ? { cookie: text } : {} })
}

export async function answerNode(answer: Response, response: NodeAnswer): Promise<void> {
  response.statusCode = answer.status
  for (const [name, value] of answer.headers) {
    if (name !== 'set-cookie') response.setHeader(name, value)
  }
  const before = response.getHeader('set-cookie') ?? []
  const lines = [...[before].flat().map(String), ...answer.headers.getSetCookie()]
  if (lines.length) response.setHeader('set-cookie', lines)
  response.end(await answer.text())
}
