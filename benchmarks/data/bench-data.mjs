// The data client beside aws-amplify's, at the same work in one run: lists on the sandbox and on a service that answers out of memory, a
// live query and messages from that service, which sends as fast as it can; a client of four hundred models.
//   node benchmarks/data/bench-data.mjs [--json]
// Each library runs in processes of its own, in turns, and so do the services: processor time is the client's alone, after as much again
// that is not counted. Numbers are medians of the rounds; how far those lie apart is said for ours. Most of the time goes to `fetch`,
// `WebSocket` and `JSON.parse`, which no library can spare an app; a third process does only that with the same bytes. "times"
// compares the whole, "its own" what each library adds to that. In the rows "out of memory" there is no network, so that what is
// compared is the making of instances and the passing on of messages.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { quantile, register, send, startCommand } from '../sandbox/command.mjs'
import { introspection, startService } from './service.mjs'

const LIBRARIES = ['backline', 'aws-amplify', 'none']
const ROUNDS = 5

const sandbox = await startCommand()
const service = await startService(10_000)
const runs = Object.fromEntries(LIBRARIES.map((library) => [library, []]))
try {
  const { accessToken } = await register(sandbox)
  await fill(accessToken, 1000)
  const { data } = sandbox.outputs
  const client = (endpoint, modelIntrospection, rest) => ({
    API: { GraphQL: { endpoint, region: data.aws_region, modelIntrospection, ...rest } },
  })
  const settings = JSON.stringify({
    sandbox: client(data.url, data.model_introspection, { defaultAuthMode: 'lambda' }),
    service: client(service.url, introspection, { defaultAuthMode: 'apiKey', apiKey: 'da2-any' }),
    introspection: many(introspection, 400),
    updates: 1000,
    messages: 10_000,
    accessToken,
  })
  for (let round = 0; round < ROUNDS; round++)
    for (const library of LIBRARIES) runs[library].push(await run(library, settings))
} finally {
  service.close()
  await sandbox.stop()
}

const rows = [
  ['list of 1,000 rows, sandbox', ({ list }) => list.cpu],
  ['the same, wall clock', ({ list }) => list.wall],
  ['list of 1,000 rows with relations', ({ related }) => related.cpu],
  ['the same out of memory', ({ listOwn }) => listOwn.cpu],
  ['1,000 updates in a live query of 10,000', ({ observe }) => observe.cpu],
  ['10,000 messages on one socket', ({ messages }) => messages.cpu],
  ['the same out of memory', ({ messagesOwn }) => messagesOwn.cpu],
  ['a client of 400 models', ({ create }) => create.cpu],
].map(([what, number]) => {
  const all = LIBRARIES.map((library) => runs[library].map(number))
  const [ours, theirs, platform] = all.map((numbers) => quantile(numbers, 0.5))
  const [least, most] = [0, 1].map((part) => quantile(all[0], part))
  // Less than a twentieth of the platform's own time is not to be told from it.
  const own = (whole) => Math.max(whole - platform, platform / 20)
  return { what, ours, least, most, theirs, platform, times: theirs / ours, own: own(theirs) / own(ours) }
})

if (process.argv.includes('--json')) console.log(JSON.stringify(rows, null, 2))
else {
  const line = (what, ...cells) =>
    console.log(`${what.padEnd(42)}${cells.map((value) => String(value).padStart(14)).join('')}`)
  line('milliseconds of processor', 'ours', '(from–to)', 'aws-amplify', 'no library', 'times', 'its own')
  for (const { what, ours, least, most, theirs, platform, times, own } of rows)
    line(
      what,
      ours.toFixed(2),
      `${least.toFixed(1)}–${most.toFixed(1)}`,
      ...[theirs, platform].map((value) => value.toFixed(2)),
      times.toFixed(1),
      own.toFixed(1),
    )
}

function run(library, settings) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'subject.mjs'), library])
    // Four hundred models are too long for an argument.
    child.stdin.end(settings)
    let output = ''
    let errors = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (errors += chunk))
    child.on('close', (code) =>
      code === 0
        ? resolve(JSON.parse(output.trim().split('\n').at(-1)))
        : reject(new Error(`${library} ended with ${code}:\n${errors}`)),
    )
  })
}

/** The first model under four hundred names. */
function many(introspection, count) {
  const model = introspection.models.Todo
  const models = Array.from({ length: count }, (_, at) => ({
    ...model,
    name: `Model${at}`,
    pluralName: `Model${at}s`,
  }))
  return { ...introspection, models: Object.fromEntries(models.map((each) => [each.name, each])) }
}

async function fill(accessToken, count) {
  const query = 'mutation($input: CreateTodoInput!) { createTodo(input: $input) { id } }'
  for (let at = 0; at < count; at++) {
    const { body } = await send({
      agent: sandbox.agent,
      url: sandbox.outputs.data.url,
      headers: { authorization: accessToken },
      body: JSON.stringify({ query, variables: { input: { content: `Todo ${at}`, priority: 'HIGH' } } }),
    })
    if (!body.includes('"id"')) throw new Error(String(body))
  }
}
