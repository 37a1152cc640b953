// One data client in a process of its own. Started by bench-data.mjs with the name of the library, or none, and the settings as input;
// prints its numbers as one line of JSON.
import { text } from 'node:stream/consumers'
import { answerFromMemory } from './memory.mjs'

const [library] = process.argv.slice(2)
const { sandbox, service, introspection, updates, messages, accessToken } = JSON.parse(
  await text(process.stdin),
)
const app = await import(library === 'none' ? './bare.mjs' : './client.mjs').then(({ open }) => open(library))
const numbers = {}

const todos = app.todos(sandbox, { authMode: 'lambda', authToken: accessToken })
const list = (model) => async () => {
  const { data, errors } = await model.list({ limit: 1000 })
  if (errors || data.length !== 1000)
    throw new Error(`${library} lists ${data?.length}: ${errors?.[0].message}`)
}
await measure(50, list(todos))
numbers.list = await measure(50, list(todos))

const live = app.todos(service)
await measure(50, list(live))
numbers.related = await measure(200, list(live))

const url = service.API.GraphQL.endpoint.replace('/graphql', '/blast')
const blast = (field, count) => fetch(url, { method: 'POST', body: JSON.stringify({ field, count }) })

const observe = () =>
  new Promise((resolve, reject) => {
    let begun
    let last
    const subscription = live.observeQuery().subscribe({
      error: reject,
      next({ items, isSynced }) {
        if (!isSynced) return
        if (!begun) {
          if (items.length < 10_000) return
          // The one that the service changes last.
          last = items.findIndex(({ id }) => id === `todo-${((updates - 1) * 7919) % 10_000}`)
          begun = start()
          blast('onUpdateTodo', updates)
          return
        }
        if (!items[last].content.endsWith('version 1')) return
        const changed = items.filter(({ content }) => content.endsWith('version 1')).length
        resolve(end(begun))
        subscription.unsubscribe()
        if (changed !== updates) reject(new Error(`${library} shows ${changed} updates`))
      },
    })
  })

/** As long as a connection outlives its last subscription. */
const rest = () => new Promise((resolve) => setTimeout(resolve, 1500))
await observe()
await rest()
numbers.observe = await observe()
await rest()

/** Tells as many messages as asked for, and resolves when they are heard. */
let heard = () => {}
let left = 0
const hearing = live.onCreate().subscribe({
  error: (error) => {
    throw error
  },
  next: () => --left || heard(),
})
const hear = () =>
  new Promise((resolve) => {
    heard = resolve
    left = messages
    blast('onCreateTodo', messages)
  })
// Once it is acknowledged.
await rest()
await hear()
numbers.messages = await measure(3, hear)
hearing.unsubscribe()
await rest()

const { GraphQL } = service.API
const many = { API: { GraphQL: { ...GraphQL, modelIntrospection: introspection } } }
app.configure(many)
const create = async () => {
  if (typeof app.client().models.Model7.list !== 'function') throw new Error('There is no Model7')
}
for (let round = 0; round < 5; round++) await create()
numbers.create = await measure(50, create)

const memory = answerFromMemory(1000)
const own = app.todos(service)
await measure(200, list(own))
numbers.listOwn = await measure(200, list(own))
let seen = 0
own.onCreate().subscribe({ error: console.error, next: () => seen++ })
await memory.acknowledged
const tell = memory.messages('onCreateTodo', messages)
await measure(3, tell)
numbers.messagesOwn = await measure(5, tell)
if (seen !== 8 * messages) throw new Error(`${library} hears ${seen} messages`)

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
