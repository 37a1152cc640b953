// Our auth client beside the official aws-amplify at the same work, on the same sandbox, in one run.
//   node benchmarks/auth/bench-auth.mjs [--json]
// Each library runs in processes of its own, in turns. Processor time is the client's alone: the sandbox is another process.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { PASSWORD, quantile, register, send, startCommand } from '../sandbox/command.mjs'

const LIBRARIES = ['backline', 'aws-amplify']
const ROUNDS = 3
const AHEAD = 2 * 3_600_000

const sandbox = await startCommand()
const runs = { signIn: {}, memory: {}, expired: {} }
try {
  const { username } = await register(sandbox)
  const items = await storedSession(username)
  const config = configuration()
  const play = (work, more) => {
    for (let round = 0; round < ROUNDS; round++)
      for (const library of LIBRARIES) {
        runs[work][library] ??= []
        runs[work][library].push(run(library, { config, username, password: PASSWORD, work, ...more }))
      }
  }
  play('signIn')
  play('memory')
  // Everybody's clock goes ahead, past the end of tokens and credentials.
  const body = JSON.stringify({ advance: AHEAD })
  const { ok, status } = await fetch(`${sandbox.url}/_backline/clock`, { method: 'POST', body })
  if (!ok) throw new Error(`The sandbox does not move its clock: ${status}.`)
  play('expired', { items, ahead: AHEAD })
} finally {
  await sandbox.stop()
}

const median = (work, library, value) => quantile(runs[work][library].map(value), 0.5)
const total = ({ requests }) => Object.values(requests).reduce((sum, count) => sum + count, 0)
const rows = [
  ['SRP sign-in, processor, ms', 'signIn', ({ cpu }) => cpu, 2],
  ['SRP sign-in, requests', 'signIn', total, 0],
  ['fetchAuthSession from memory, µs', 'memory', ({ micros }) => micros, 1],
  ['ten at once, all expired, requests', 'expired', total, 0],
  ['ten at once, all expired, wall, ms', 'expired', ({ wall }) => wall, 1],
].map(([what, work, value, digits]) => {
  const [ours, theirs] = LIBRARIES.map((library) => median(work, library, value))
  return { what, ours, theirs, ratio: ours / theirs, digits }
})
const asked = Object.fromEntries(
  ['signIn', 'expired'].map((work) => [
    work,
    Object.fromEntries(LIBRARIES.map((library) => [library, runs[work][library][0].requests])),
  ]),
)

if (process.argv.includes('--json')) console.log(JSON.stringify({ rows, asked }, null, 2))
else {
  const cell = (value) => String(value).padStart(12)
  console.log(`${''.padEnd(38)}${['ours', 'aws-amplify', 'ratio'].map(cell).join('')}`)
  for (const { what, ours, theirs, ratio, digits } of rows)
    console.log(
      `${what.padEnd(38)}${[ours.toFixed(digits), theirs.toFixed(digits), ratio.toFixed(2)].map(cell).join('')}`,
    )
  for (const [work, byLibrary] of Object.entries(asked))
    for (const [library, requests] of Object.entries(byLibrary))
      console.log(`${work}, ${library}: ${list(requests)}`)
}

function list(requests) {
  return Object.entries(requests)
    .map(([operation, count]) => `${count} ${operation}`)
    .join(', ')
}

function run(library, settings) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, 'subject.mjs'), library, JSON.stringify(settings)],
    { encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`${library} ended with ${status} at ${settings.work}:\n${stderr}`)
  return JSON.parse(stdout.trim().split('\n').at(-1))
}

/** The library's own form of configuration: it alone has endpoints in which both libraries believe. */
function configuration() {
  const { auth } = sandbox.outputs
  return {
    Auth: {
      Cognito: {
        userPoolId: auth.user_pool_id,
        userPoolClientId: auth.user_pool_client_id,
        userPoolEndpoint: sandbox.url,
        identityPoolId: auth.identity_pool_id,
        identityPoolEndpoint: sandbox.url,
        allowGuestAccess: true,
      },
    },
  }
}

/** What either library keeps of somebody who is signed in. */
async function storedSession(username) {
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
  const prefix = `CognitoIdentityServiceProvider.${ClientId}`
  return {
    [`${prefix}.LastAuthUser`]: username,
    [`${prefix}.${username}.accessToken`]: AccessToken,
    [`${prefix}.${username}.idToken`]: IdToken,
    [`${prefix}.${username}.refreshToken`]: RefreshToken,
    [`${prefix}.${username}.clockDrift`]: '0',
  }
}
