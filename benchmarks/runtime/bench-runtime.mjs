// Ours beside the official aws-amplify at the same work, on the same sandbox, in one run.
//   node benchmarks/runtime/bench-runtime.mjs [--json]
// Each library runs in processes of its own, in turns. Processor time is the client's alone: the sandbox is another process.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { PASSWORD, quantile, register, send, startCommand } from '../sandbox/command.mjs'

const LIBRARIES = ['backline', 'aws-amplify']
const ROUNDS = 3
const IMPORTS = 7

const sandbox = await startCommand()
const runs = { backline: [], 'aws-amplify': [] }
const imports = { backline: [], 'aws-amplify': [] }
try {
  const { username, accessToken } = await register(sandbox)
  for (let index = 0; index < 100; index++) await createTodo(accessToken, `Todo ${index}`)
  const settings = JSON.stringify({ config: configuration(), username, password: PASSWORD })
  for (let round = 0; round < IMPORTS; round++)
    for (const library of LIBRARIES) imports[library].push(run(library).importing)
  for (let round = 0; round < ROUNDS; round++)
    for (const library of LIBRARIES) runs[library].push(run(library, settings))
} finally {
  await sandbox.stop()
}

const rows = [
  ['import of core, auth, data and storage', 'ms', (library) => imports[library]],
  ['SRP sign-in, processor', 'ms', (library) => runs[library].map(({ signIn }) => signIn.cpu)],
  ['SRP sign-in, wall', 'ms', (library) => runs[library].map(({ signIn }) => signIn.wall)],
  [
    'fetchAuthSession from memory',
    'µs',
    (library) => runs[library].map(({ session }) => session.wall * 1000),
  ],
  ['list of 100 todos, processor', 'ms', (library) => runs[library].map(({ list }) => list.cpu)],
  ['list of 100 todos, wall', 'ms', (library) => runs[library].map(({ list }) => list.wall)],
].map(([what, unit, numbers]) => {
  const [ours, theirs] = LIBRARIES.map((library) => quantile(numbers(library), 0.5))
  return { what, unit, ours, theirs, ratio: ours / theirs }
})

if (process.argv.includes('--json')) console.log(JSON.stringify(rows, null, 2))
else {
  const cell = (value) => String(value).padStart(12)
  console.log(`${''.padEnd(42)}${['ours', 'aws-amplify', 'ratio'].map(cell).join('')}`)
  for (const { what, unit, ours, theirs, ratio } of rows)
    console.log(
      `${`${what}, ${unit}`.padEnd(42)}${[ours.toFixed(2), theirs.toFixed(2), ratio.toFixed(2)].map(cell).join('')}`,
    )
}

function run(library, ...settings) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, 'subject.mjs'), library, ...settings],
    { encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`${library} ended with ${status}:\n${stderr}`)
  return JSON.parse(stdout.trim().split('\n').at(-1))
}

/** The library's own form of configuration: it alone has endpoints in which both libraries believe. */
function configuration() {
  const { auth, data } = sandbox.outputs
  return {
    Auth: {
      Cognito: {
        userPoolId: auth.user_pool_id,
        userPoolClientId: auth.user_pool_client_id,
        userPoolEndpoint: sandbox.url,
      },
    },
    API: {
      GraphQL: {
        endpoint: data.url,
        region: data.aws_region,
        defaultAuthMode: 'userPool',
        modelIntrospection: data.model_introspection,
      },
    },
  }
}

async function createTodo(accessToken, content) {
  const query = 'mutation($input: CreateTodoInput!) { createTodo(input: $input) { id } }'
  const { body } = await send({
    agent: sandbox.agent,
    url: sandbox.outputs.data.url,
    headers: { authorization: accessToken },
    body: JSON.stringify({ query, variables: { input: { content, priority: 'HIGH' } } }),
  })
  if (!body.includes('"id"')) throw new Error(String(body))
}
