// The quickstart's backend in a process of its own, as `backline sandbox` starts it, and people in it.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../../scripts/packages.mjs'

export const PASSWORD = 'Correct-horse-1'

/** Resolves with the first answer of AppSync; how long that took is `answeredAfter`, in milliseconds from the start of the process. */
export async function startCommand() {
  const folder = mkdtempSync(join(tmpdir(), 'backline-bench-'))
  const port = await freePort()
  const outputs = join(folder, 'amplify_outputs.json')
  const began = performance.now()
  const child = spawn(
    process.execPath,
    [
      join(root, 'packages/backline/bin/backline.mjs'),
      'sandbox',
      ...['--backend', join(root, 'examples/quickstart/amplify'), '--port', String(port), '--once'],
      ...['--data', join(folder, 'data'), '--outputs', outputs],
    ],
    { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let printed = ''
  child.stdout.on('data', (chunk) => (printed += chunk))
  const url = `http://127.0.0.1:${port}`
  const agent = new Agent({ keepAlive: true, maxSockets: 10 })
  while (
    (await send({ agent, url: `${url}/graphql`, body: '{"query":"{ __typename }"}' }).catch(() => 0))
      .status !== 401
  ) {
    if (child.exitCode !== null) throw new Error(`The sandbox ended with ${child.exitCode}:\n${printed}`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  const answeredAfter = performance.now() - began
  while (!printed.includes('Stop it with')) await new Promise((resolve) => setTimeout(resolve, 2))
  return {
    url,
    agent,
    answeredAfter,
    outputs: JSON.parse(readFileSync(outputs, 'utf8')),
    async stop() {
      agent.destroy()
      child.kill('SIGTERM')
      if (child.exitCode === null) await new Promise((resolve) => child.on('exit', resolve))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** One request over the pool of `agent`. */
export function send({ agent, url, method = 'POST', headers = {}, body }) {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        agent,
        method,
        headers: { ...headers, ...(body ? { 'content-length': Buffer.byteLength(body) } : {}) },
      },
      (answer) => {
        const chunks = []
        answer.on('data', (chunk) => chunks.push(chunk))
        answer.on('end', () => resolve({ status: answer.statusCode, body: Buffer.concat(chunks) }))
        answer.on('error', reject)
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Signs somebody up and gives the name; the code comes from the inbox. */
export async function register({ url, agent, outputs }) {
  const Username = `ada-${randomBytes(4).toString('hex')}@example.com`
  const ClientId = outputs.auth.user_pool_client_id
  const call = async (operation, input) => {
    const { status, body } = await send({
      agent,
      url,
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
      },
      body: JSON.stringify(input),
    })
    if (status !== 200) throw new Error(`${operation}: ${body}`)
    return JSON.parse(body)
  }
  await call('SignUp', { ClientId, Username, Password: PASSWORD })
  const mail = await send({
    agent,
    url: `${url}/_backline/inbox/next`,
    body: JSON.stringify({ to: Username }),
  })
  const { code } = JSON.parse(mail.body)
  await call('ConfirmSignUp', { ClientId, Username, ConfirmationCode: code })
  const { AuthenticationResult } = await call('InitiateAuth', {
    ClientId,
    AuthFlow: 'USER_PASSWORD_AUTH',
    AuthParameters: { USERNAME: Username, PASSWORD },
  })
  return { username: Username, accessToken: AuthenticationResult.AccessToken }
}

export const quantile = (numbers, part) =>
  numbers.toSorted((one, other) => one - other)[
    Math.min(numbers.length - 1, Math.floor(numbers.length * part))
  ]

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}
