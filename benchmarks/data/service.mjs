// A GraphQL service that is faster than any client: it answers a list out of memory, and sends events as quickly as a socket takes them.
// The measured client shares no processor time with it, and nothing of ours is in it.
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { a, modelIntrospection } from '@backline/schema'
import { root } from '../../scripts/packages.mjs'

const { WebSocketServer } = createRequire(join(root, 'packages/data/package.json'))('ws')

const time = (second) => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString()
export const row = (at, version = 0) => ({
  id: `todo-${at}`,
  content: `Todo ${at}, version ${version}`,
  priority: 'HIGH',
  done: version % 2 === 1,
  listId: `list-${at % 100}`,
  createdAt: time(at),
  updatedAt: time(100_000 + version * 10 + at),
})

/** Rows that belong to one, and have many: an app's usual case. */
export const introspection = modelIntrospection(
  a
    .schema({
      List: a.model({ name: a.string(), todos: a.hasMany('Todo', 'listId') }),
      Step: a.model({ name: a.string(), todoId: a.id(), todo: a.belongsTo('Todo', 'todoId') }),
      Todo: a.model({
        content: a.string().required(),
        priority: a.enum(['LOW', 'HIGH']),
        done: a.boolean(),
        listId: a.id(),
        list: a.belongsTo('List', 'listId'),
        steps: a.hasMany('Step', 'todoId'),
      }),
    })
    .authorization((allow) => [allow.publicApiKey()]),
)

/** The rows that change, one after the other, are all over the list. */
export const changedRow = (at, rows) => (at * 7919) % rows

export async function startService(rows) {
  /** Field → [socket, id] of its subscription. */
  const subscriptions = new Map()

  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    if (request.url === '/blast') {
      response.end()
      const { field, count } = JSON.parse(text)
      const [socket, id] = subscriptions.get(field)
      for (let at = 0; at < count; at++)
        socket.send(
          JSON.stringify({ type: 'data', id, payload: { data: { [field]: row(changedRow(at, rows), 1) } } }),
        )
      return
    }
    const { limit, nextToken } = JSON.parse(text).variables ?? {}
    const from = Number(nextToken ?? 0)
    const to = Math.min(rows, from + (limit ?? 100))
    const items = Array.from({ length: to - from }, (_, at) => row(from + at))
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ data: { listTodos: { items, nextToken: to < rows ? String(to) : null } } }))
  })
  const sockets = new WebSocketServer({ server, handleProtocols: () => 'graphql-ws' })
  sockets.on('connection', (socket) =>
    socket.on('message', (data) => {
      const { type, id, payload } = JSON.parse(data)
      if (type === 'connection_init')
        socket.send('{"type":"connection_ack","payload":{"connectionTimeoutMs":300000}}')
      if (type !== 'start') return
      subscriptions.set(/on(Create|Update|Delete)Todo/.exec(payload.data)[0], [socket, id])
      socket.send(JSON.stringify({ type: 'start_ack', id }))
    }),
  )
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}/graphql`,
    close() {
      for (const socket of sockets.clients) socket.terminate()
      server.closeAllConnections()
      server.close()
    },
  }
}
