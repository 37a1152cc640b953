// Our packages on a server beside the official aws-amplify at the same work, in one run.
//   node benchmarks/server/bench-server.mjs [--json]
// Each library runs in processes of its own, in turns. Ours checks the signature of the tokens that came in cookies; the official parts, put
// together as `@aws-amplify/adapter-nextjs` does it, are spared that here: the adapter's verifier knows no host but AWS's.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { PASSWORD, quantile, register, send, startCommand } from '../sandbox/command.mjs'

const LIBRARIES = ['backline', 'aws-amplify']
const ROUNDS = 5

const sandbox = await startCommand()
const runs = {}
try {
  const { username } = await register(sandbox)
  const { auth } = sandbox.outputs
  const config = {
    Auth: {
      Cognito: {
        userPoolId: auth.user_pool_id,
        userPoolClientId: auth.user_pool_client_id,
      },
    },
  }
  const settings = { config, endpoint: sandbox.url, cookie: await cookieOf(username) }
  for (const work of ['load', 'contexts', 'askedContexts', 'requests'])
    for (let round = 0; round < ROUNDS; round++)
      for (const library of LIBRARIES) {
        runs[work] ??= {}
        runs[work][library] ??= []
        runs[work][library].push(run(library, { ...settings, work }))
      }
} finally {
  await sandbox.stop()
}

const median = (work, library, value) => quantile(runs[work][library].map(value), 0.5)
const rows = [
  ['cold import of auth + data, ms', 'load', ({ milliseconds }) => milliseconds, 1],
  ['cold import of auth + data, files', 'load', ({ files }) => files, 0],
  ['cold import of auth + data, kB read', 'load', ({ bytes }) => bytes / 1000, 0],
  ['memory per request context, bytes', 'contexts', ({ bytes }) => bytes, 0],
  ['the same, asked who is there, bytes', 'askedContexts', ({ bytes }) => bytes, 0],
  ['protected page, warm session, requests/s', 'requests', ({ perSecond }) => perSecond, 0],
].map(([what, work, value, digits]) => {
  const [ours, theirs] = LIBRARIES.map((library) => median(work, library, value))
  return { what, ours, theirs, ratio: ours / theirs, digits }
})

if (process.argv.includes('--json')) console.log(JSON.stringify({ rows }, null, 2))
else {
  const cell = (value) => String(value).padStart(12)
  console.log(`${''.padEnd(42)}${['ours', 'aws-amplify', 'ratio'].map(cell).join('')}`)
  for (const { what, ours, theirs, ratio, digits } of rows)
    console.log(
      `${what.padEnd(42)}${[ours.toFixed(digits), theirs.toFixed(digits), ratio.toFixed(2)].map(cell).join('')}`,
    )
}

function run(library, settings) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--expose-gc', join(import.meta.dirname, 'subject.mjs'), library, JSON.stringify(settings)],
    { encoding: 'utf8' },
  )
  if (status !== 0)
    throw new Error(`${library} ended with ${status} at ${settings.work}:\n${stderr.slice(-2_000)}`)
  return JSON.parse(stdout.trim().split('\n').at(-1))
}

/** The `Cookie` header of a browser that has signed in. */
async function cookieOf(username) {
  const { user_pool_client_id: ClientId } = sandbox.outputs.auth
  const { body } = await send({
    agent: sandbox.agent,
    url: sandbox.url,
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AWSCognitoIdentityProviderService.InitiateAuth',
    },
    body: JSON.stringify({
      ClientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: username, PASSWORD },
    }),
  })
  const { AccessToken, IdToken, RefreshToken } = JSON.parse(body).AuthenticationResult
  const user = encodeURIComponent(username)
  const items = { accessToken: AccessToken, idToken: IdToken, refreshToken: RefreshToken, clockDrift: '0' }
  return [
    `CognitoIdentityServiceProvider.${ClientId}.LastAuthUser=${user}`,
    ...Object.entries(items).map(
      ([name, value]) => `CognitoIdentityServiceProvider.${ClientId}.${user}.${name}=${value}`,
    ),
  ].join('; ')
}
