// A GraphQL service that answers as it is told, on HTTP and on AppSync's real-time sockets.

import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type AmplifyContext, createAmplifyContext } from '@backline/core'
import { onTestFinished } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { shop } from './shop.fixture.js'

export interface Asked {
  query: string
  variables: any
  headers: IncomingHttpHeaders
}

export interface Frame {
  type: string
  id?: string
  payload?: any
}

export interface Line {
  /** What the client has said on this socket. */
  frames: Frame[]
  /** The proof in the subprotocol. */
  proof: Record<string, string>
  url: string
  send(frame: object): void
  /** Whatever is no frame. */
  say(text: string): void
  /** As when the network goes. */
  drop(): void
  open: boolean
}

export interface Answers {
  /** The body of an answer, or `[status, body]`. */
  http?: (asked: Asked) => unknown
  /** Frames in reply to `connection_init`; the acknowledgement by default. */
  init?: (line: Line) => object[]
  /** Frames in reply to `start`; the acknowledgement by default. */
  start?: (frame: Frame & { id: string }, line: Line) => object[]
  /** Frames in reply to anything else; none by default. */
  other?: (frame: any, line: Line) => object[]
}

export async function appsync(answers: Answers = {}) {
  const asked: Asked[] = []
  const lines: Line[] = []
  const waiting = new Set<() => void>()
  const changed = () => {
    for (const check of [...waiting]) check()
  }

  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const one: Asked = { ...JSON.parse(text), headers: request.headers }
    asked.push(one)
    changed()
    const answer = await answers.http?.(one)
    const [status, body] = Array.isArray(answer) ? answer : [200, answer]
    if (status === 0) request.socket.destroy()
    else
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(JSON.stringify(body ?? { data: {} }))
  })
  const sockets = new WebSocketServer({ server, handleProtocols: (offered) => [...offered][0]! })
  sockets.on('connection', (socket: WebSocket, request) => {
    const header = /header-([\w-]+)/.exec(request.headers['sec-websocket-protocol'] ?? '')?.[1] ?? ''
    const line: Line = {
      frames: [],
      proof: JSON.parse(Buffer.from(header, 'base64url').toString() || '{}'),
      url: request.url ?? '',
      send: (frame) => socket.send(JSON.stringify(frame)),
      say: (text) => socket.send(text),
      drop: () => socket.terminate(),
      open: true,
    }
    lines.push(line)
    socket.on('close', () => {
      line.open = false
      changed()
    })
    socket.on('message', (data) => {
      const frame: Frame = JSON.parse(String(data))
      line.frames.push(frame)
      const acknowledged = [{ type: 'connection_ack', payload: { connectionTimeoutMs: 300_000 } }]
      const started = [{ type: 'start_ack', id: frame.id }]
      const replies =
        frame.type === 'connection_init'
          ? (answers.init?.(line) ?? acknowledged)
          : frame.type === 'start'
            ? (answers.start?.(frame as Frame & { id: string }, line) ?? started)
            : (answers.other?.(frame, line) ?? [])
      for (const reply of replies) line.send(reply)
      changed()
    })
    changed()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate()
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  })

  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`
  return {
    url,
    asked,
    lines,
    /** Resolves with the first truth that `find` tells. */
    until<T>(find: () => T | undefined | false | null | 0): Promise<T> {
      return new Promise((resolve) => {
        const check = () => {
          const found = find()
          if (!found) return
          waiting.delete(check)
          resolve(found)
        }
        waiting.add(check)
        check()
      })
    },
    changed,
    /** All frames of a type, over all sockets. */
    frames: (type: string) => lines.flatMap((line) => line.frames.filter((frame) => frame.type === type)),
  }
}

/** An app's context for it. */
export function appFor(url: string, config: object = {}, options: object = {}): AmplifyContext {
  return createAmplifyContext(
    {
      API: {
        GraphQL: {
          endpoint: url,
          region: 'eu-west-1',
          apiKey: 'da2-key',
          defaultAuthMode: 'apiKey',
          modelIntrospection: shop,
          ...config,
        },
      },
    } as Parameters<typeof createAmplifyContext>[0],
    options,
  )
}
