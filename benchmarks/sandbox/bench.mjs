// How fast the sandbox is, from outside: a process of its own, spoken to over HTTP and WebSocket.
//   node benchmarks/sandbox/bench.mjs [--json]
// Exits 1 where a target is missed. The machine decides much: look at the numbers beside each other, not across machines.
import { randomBytes } from 'node:crypto'
import { cpus, loadavg } from 'node:os'
import { createAmplifyContext } from '@backline/core'
import { signIn } from 'backline/auth'
import { generateClient } from 'backline/data'
import { getUrl } from 'backline/storage'
import { PASSWORD, quantile, register, send, startCommand } from './command.mjs'

const rows = []
const note = (what, value, unit, target) =>
  rows.push({ what, value, unit, target, met: target === undefined ? undefined : value < target })

const starts = []
for (let round = 0; round < 5; round++) {
  const started = await startCommand()
  starts.push(started.answeredAfter)
  await started.stop()
}
note('cold start to the first answered request, median of 5', quantile(starts, 0.5), 'ms', 1000)

const sandbox = await startCommand()
try {
  const person = await register(sandbox)
  const ctx = createAmplifyContext(sandbox.outputs)
  await signIn({ username: person.username, password: PASSWORD }, ctx)
  await creates(person)
  await events(ctx)
  await objects(ctx)
  await signIns(person)
} finally {
  await sandbox.stop()
}

if (process.argv.includes('--json')) console.log(JSON.stringify(rows, null, 2))
else {
  for (const { what, value, unit, target, met } of rows) {
    const number = value.toFixed(value < 100 ? 1 : 0).padStart(9)
    const goal = target === undefined ? '' : `  target < ${target} ${unit}  ${met ? '✓' : '✗'}`
    console.log(`${what.padEnd(62)}${number} ${unit.padEnd(5)}${goal}`)
  }
  console.log(`\nNode ${process.version}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}`)
}
process.exit(rows.some(({ met }) => met === false) ? 1 : 0)

async function creates({ accessToken }) {
  const mutation = 'mutation($input: CreateTodoInput!) { createTodo(input: $input) { id content createdAt } }'
  const one = async (index) => {
    const body = JSON.stringify({ query: mutation, variables: { input: { content: `Todo ${index}` } } })
    const answer = await send({
      agent: sandbox.agent,
      url: `${sandbox.url}/graphql`,
      headers: { authorization: accessToken },
      body,
    })
    if (!answer.body.includes('"createdAt"')) throw new Error(String(answer.body))
  }
  for (let index = 0; index < 50; index++) await one(index)
  const began = performance.now()
  await Promise.all(Array.from({ length: 1000 }, (_, index) => one(index)))
  note('1,000 creates over HTTP, 10 connections', performance.now() - began, 'ms', 5000)
}

/** From sending the mutation to the row in a subscriber's hands, both in this process. */
async function events(ctx) {
  const todos = generateClient({}, ctx).models.Todo
  const waiting = new Map()
  const subscription = todos.onCreate().subscribe({
    next: ({ content }) => waiting.get(content)?.(performance.now()),
    error: (error) => {
      throw error
    },
  })
  const took = async (content, patience) => {
    const heard = new Promise((resolve) => {
      waiting.set(content, resolve)
      setTimeout(() => resolve(undefined), patience)
    })
    const began = performance.now()
    await todos.create({ content })
    const at = await heard
    return at === undefined ? undefined : at - began
  }
  let connected = false
  for (let attempt = 0; attempt < 50 && !connected; attempt++) {
    connected = (await took(`Are you there? ${attempt}`, 100)) !== undefined
  }
  const times = []
  for (let index = 0; index < 200; index++) times.push((await took(`Event ${index}`, 2000)) ?? 2000)
  subscription.unsubscribe()
  note('create to realtime event, median of 200', quantile(times, 0.5), 'ms', 20)
  note('create to realtime event, 95 in 100', quantile(times, 0.95), 'ms')
}

/** By links, so that the sandbox works and the sender does not. */
async function objects(ctx) {
  const size = 16 * 1024 * 1024
  const body = randomBytes(size)
  const path = 'files/bench.bin'
  const { url: up } = await getUrl({ path, options: { method: 'PUT' } }, ctx)
  const { url: down } = await getUrl({ path }, ctx)
  const throughput = async (times, work) => {
    const began = performance.now()
    for (let round = 0; round < times; round++) await work()
    return (times * size) / 1e6 / ((performance.now() - began) / 1000)
  }
  const put = await throughput(5, async () => {
    const { status, body: said } = await send({ agent: sandbox.agent, url: up, method: 'PUT', body })
    if (status !== 200) throw new Error(`put: ${status} ${said}`)
  })
  const get = await throughput(5, async () => {
    const { status, body: got } = await send({ agent: sandbox.agent, url: down, method: 'GET' })
    if (status !== 200 || got.length !== size) throw new Error(`get: ${status}`)
  })
  note('S3 put, 16 MiB objects', put, 'MB/s')
  note('S3 get, 16 MiB objects', get, 'MB/s')
}

async function signIns({ username }) {
  const began = performance.now()
  let count = 0
  const lane = async () => {
    while (performance.now() - began < 3000) {
      await signIn({ username, password: PASSWORD }, createAmplifyContext(sandbox.outputs))
      count++
    }
  }
  await Promise.all([lane(), lane(), lane()])
  note('SRP sign-ins, our client included', count / ((performance.now() - began) / 1000), '/s')
}
