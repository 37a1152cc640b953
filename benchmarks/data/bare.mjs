// What any client must do, and no more: `fetch`, a socket, and the parsing of what comes.

const fields = 'id content priority done createdAt updatedAt'

export function open() {
  return {
    configure() {},
    client: () => ({ models: { Model7: { list() {} } } }),
    todos: ({ API: { GraphQL } }, { authToken } = {}) => {
      const list = async (variables) => {
        const { data, errors } = await ask(GraphQL, variables, authToken)
        return { data: data?.listTodos.items, nextToken: data?.listTodos.nextToken, errors }
      }
      const on = (field) => ({ subscribe: ({ next }) => subscribe(GraphQL, field, next) })
      return {
        list,
        onCreate: () => on('onCreateTodo'),
        observeQuery: () => ({
          subscribe({ next }) {
            const items = []
            const places = new Map()
            const socket = subscribe(GraphQL, 'onUpdateTodo', (row) => {
              items[places.get(row.id)] = row
              next({ items, isSynced: true })
            })
            readAll(list).then((rows) => {
              for (const row of rows) places.set(row.id, items.push(row) - 1)
              next({ items, isSynced: true })
            })
            return socket
          },
        }),
      }
    },
  }
}

async function ask({ endpoint, apiKey }, variables, authToken) {
  const query = `query($limit: Int, $nextToken: String) { listTodos(limit: $limit, nextToken: $nextToken) { items { ${fields} } nextToken } }`
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(authToken ? { authorization: authToken } : { 'x-api-key': apiKey }),
    },
    body: JSON.stringify({ query, variables }),
  })
  return response.json()
}

async function readAll(list) {
  const rows = []
  for (let nextToken = null; ; ) {
    const page = await list({ limit: 1000, nextToken })
    rows.push(...page.data)
    nextToken = page.nextToken
    if (!nextToken) return rows
  }
}

function subscribe({ endpoint }, field, next) {
  const socket = new WebSocket(`${endpoint.replace('http', 'ws')}/realtime`, 'graphql-ws')
  socket.onopen = () => {
    socket.send('{"type":"connection_init"}')
    socket.send(JSON.stringify({ type: 'start', id: '1', payload: { data: field } }))
  }
  socket.onmessage = ({ data }) => {
    const { type, payload } = JSON.parse(data)
    if (type === 'data') next(payload.data[field])
  }
  return { unsubscribe: () => socket.close() }
}
