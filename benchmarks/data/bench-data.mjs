// The data client beside aws-amplify's, at the same work in one run: a list on the same sandbox; a live query and messages from the same
// service, which sends as fast as it can; a client of four hundred models.
//   node benchmarks/data/bench-data.mjs [--json]
// Each library runs in processes of its own, in turns. Processor time is the client's alone.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { quantile, register, send, startCommand } from '../sandbox/command.mjs'
import { startService } from './service.mjs'

const LIBRARIES = ['backline', 'aws-amplify']
const ROUNDS = 3

const sandbox = await startCommand()
const service = await startService(10_000)
const runs = { backline: [], 'aws-amplify': [] }
try {
  const { accessToken } = await register(sandbox)
  await fill(accessToken, 1000)
  const { data } = sandbox.outputs
  const introspection = data.model_introspection
  const client = (endpoint, rest) => ({
    API: { GraphQL: { endpoint, region: data.aws_region, modelIntrospection: introspection, ...rest } },
  })
  const settings = JSON.stringify({
    sandbox: client(data.url, { defaultAuthMode: 'lambda' }),
    service: client(service.url, { defaultAuthMode: 'apiKey', apiKey: 'da2-any' }),
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
  ['list of 1,000 rows, processor', 'ms', ({ list }) => list.cpu],
  ['list of 1,000 rows, wall', 'ms', ({ list }) => list.wall],
  ['1,000 updates in a live query of 10,000', 'ms', ({ observe }) => observe.cpu],
  ['10,000 messages on one socket', 'ms', ({ messages }) => messages.cpu],
  ['a client of 400 models', 'ms', ({ create }) => create.cpu],
].map(([what, unit, number]) => {
  const [ours, theirs] = LIBRARIES.map((library) => quantile(runs[library].map(number), 0.5))
  return { what, unit, ours, theirs, times: theirs / ours }
})

if (process.argv.includes('--json')) console.log(JSON.stringify(rows, null, 2))
else {
  const cell = (value) => String(value).padStart(12)
  console.log(`${''.padEnd(46)}${['ours', 'aws-amplify', 'times'].map(cell).join('')}`)
  for (const { what, unit, ours, theirs, times } of rows)
    console.log(
      `${`${what}, ${unit}`.padEnd(46)}${[ours.toFixed(2), theirs.toFixed(2), times.toFixed(1)].map(cell).join('')}`,
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
  const [model] = Object.values(introspection.models)
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
