import WebSocket from 'ws'
import type { Headers } from './stage.fixture.js'

// For tests of AppSync's WebSockets: a client that sends and waits for messages, and knows nothing else.

export interface Message {
  type: string
  id?: string
  payload?: any
  event?: string
  errors?: { errorType: string; message: string }[]
  [more: string]: unknown
}

export const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64')

/** The subprotocol in which browsers send their credentials. */
export const headerProtocol = (header: object) =>
  `header-${Buffer.from(JSON.stringify(header)).toString('base64url')}`

export async function openSocket(address: string, protocols: string | string[]) {
  const socket = new WebSocket(address, protocols)
  const received: Message[] = []
  const waiting = new Set<() => void>()
  socket.on('message', (data) => {
    received.push(JSON.parse(data.toString()) as Message)
    for (const wake of waiting) wake()
  })
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  const next = async (type: string, id?: string): Promise<Message> => {
    for (;;) {
      const at = received.findIndex((each) => each.type === type && (id === undefined || each.id === id))
      if (at >= 0) return received.splice(at, 1)[0]!
      await new Promise<void>((resolve) => {
        const wake = () => {
          waiting.delete(wake)
          resolve()
        }
        waiting.add(wake)
      })
    }
  }
  const send = (message: unknown) =>
    socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  return { socket, received, next, send }
}

/** A plain client of GraphQL's real time, written from its page. */
export async function connect(
  url: string,
  authorization: Headers,
  { by = 'subprotocol', init = true }: { by?: 'subprotocol' | 'query'; init?: boolean } = {},
) {
  const { host } = new URL(url)
  const header = { host, ...authorization }
  const address = `${url.replace('http', 'ws')}/realtime`
  const opened =
    by === 'query'
      ? await openSocket(
          `${address}?header=${encodeURIComponent(encode(header))}&payload=${encode({})}`,
          'graphql-ws',
        )
      : await openSocket(address, ['graphql-ws', headerProtocol(header)])
  const begin = (id: string, query: string, variables: object = {}, as: Headers = authorization) =>
    opened.send({
      id,
      type: 'start',
      payload: { data: JSON.stringify({ query, variables }), extensions: { authorization: { host, ...as } } },
    })
  if (init) opened.send({ type: 'connection_init' })
  return { ...opened, begin }
}
