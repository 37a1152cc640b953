// One data client in a process of its own. Started by bench-data.mjs with the name of the library, and the settings as input; prints its
// numbers as one line of JSON.
import { text } from 'node:stream/consumers'

const [library] = process.argv.slice(2)
const settings = await text(process.stdin)
const { sandbox, service, introspection, updates, messages, accessToken } = JSON.parse(settings)

// aws-amplify connects over TLS only.
const Socket = globalThis.WebSocket
globalThis.WebSocket = class extends Socket {
  constructor(url, protocols) {
    super(String(url).replace('wss:', 'ws:'), protocols)
  }
}
const { Amplify } = await import(library)
const { generateClient } = await import(`${library}/data`)
const numbers = {}

Amplify.configure(sandbox)
const { Todo } = generateClient({ authMode: 'lambda', authToken: accessToken }).models
const list = async () => {
  const { data, errors } = await Todo.list({ limit: 1000 })
  if (errors || data.length !== 1000)
    throw new Error(`${library} lists ${data?.length}: ${errors?.[0].message}`)
}
for (let round = 0; round < 5; round++) await list()
numbers.list = await measure(20, list)

Amplify.configure(service)
const live = generateClient().models.Todo
const url = service.API.GraphQL.endpoint.replace('/graphql', '/blast')
const blast = (field, count) => fetch(url, { method: 'POST', body: JSON.stringify({ field, count }) })

numbers.observe = await new Promise((resolve, reject) => {
  let begun
  let seen = 0
  const subscription = live.observeQuery().subscribe({
    error: reject,
    next({ items, isSynced }) {
      if (!isSynced) return
      if (!begun) {
        if (items.length < 10_000) return
        begun = start()
        blast('onUpdateTodo', updates)
        return
      }
      if (++seen < updates) return
      const changed = items.filter(({ content }) => content.endsWith('version 1')).length
      resolve(end(begun))
      subscription.unsubscribe()
      if (changed !== updates) reject(new Error(`${library} shows ${changed} updates`))
    },
  })
})

await new Promise((resolve) => setTimeout(resolve, 1500))
numbers.messages = await new Promise((resolve, reject) => {
  let begun
  let seen = 0
  const subscription = live.onCreate().subscribe({
    error: reject,
    next() {
      if (++seen < messages) return
      resolve(end(begun))
      subscription.unsubscribe()
    },
  })
  // Once it is acknowledged.
  setTimeout(() => {
    begun = start()
    blast('onCreateTodo', messages)
  }, 1000)
})

const { GraphQL } = service.API
Amplify.configure({ API: { GraphQL: { ...GraphQL, modelIntrospection: introspection } } })
const create = async () => {
  if (typeof generateClient().models.Model7.list !== 'function') throw new Error('There is no Model7')
}
for (let round = 0; round < 5; round++) await create()
numbers.create = await measure(50, create)

console.log(JSON.stringify(numbers))
process.exit(0)

function start() {
  return { cpu: process.cpuUsage(), wall: performance.now() }
}

function end({ cpu, wall }, times = 1) {
  const { user, system } = process.cpuUsage(cpu)
  return { cpu: (user + system) / 1000 / times, wall: (performance.now() - wall) / times }
}

/** Milliseconds of processor and of wall clock that one round takes. */
async function measure(times, work) {
  const begun = start()
  for (let round = 0; round < times; round++) await work(round)
  return end(begun, times)
}
