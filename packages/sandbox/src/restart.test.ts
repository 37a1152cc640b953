import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import {
  CognitoIdentityClient,
  GetCredentialsForIdentityCommand,
  GetIdCommand,
} from '@aws-sdk/client-cognito-identity'
import {
  AdminGetUserCommand,
  CognitoIdentityProviderClient,
  GetTokensFromRefreshTokenCommand,
  GetUserCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { authPlan, PASSWORD, startPool } from './pool.fixture.js'
import { running } from './sources.fixture.js'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'backline-restart-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A sandbox in a process of its own, to be killed. */
async function startProcess(dataDir: string) {
  const program = `import { serve } from ${JSON.stringify(new URL('./sandbox.js', import.meta.url).href)}
    const plan = { auth: ${JSON.stringify(authPlan)}, storages: [], extraOutputs: {} }
    const { url, outputs } = await serve(plan, { dataDir: ${JSON.stringify(dataDir)} })
    console.log(JSON.stringify({ url, outputs }))`
  const child = spawn(process.execPath, running(program), { stdio: ['ignore', 'pipe', 'inherit'] })
  const line = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve)
    child.once('exit', (code) => reject(new Error(`The sandbox ended with ${code}.`)))
  })
  return {
    child,
    ...(JSON.parse(line) as { url: string; outputs: { auth: { user_pool_client_id: string } } }),
  }
}

test('killed in the middle of sign-ups, it starts again with everything it had acknowledged', async () => {
  const dataDir = join(folder, 'killed')
  const { child, url, outputs } = await startProcess(dataDir)
  const sdk = new CognitoIdentityProviderClient({
    region: 'us-east-1',
    endpoint: url,
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
    maxAttempts: 1,
  })
  const acknowledged: string[] = []
  const flood = Array.from({ length: 4 }, async (_, worker) => {
    for (let index = 0; ; index++) {
      const Username = `user-${worker}-${index}@example.com`
      await sdk.send(
        new SignUpCommand({ ClientId: outputs.auth.user_pool_client_id, Username, Password: PASSWORD }),
      )
      acknowledged.push(Username)
      if (acknowledged.length === 40) child.kill('SIGKILL')
    }
  })
  await Promise.allSettled(flood)
  sdk.destroy()
  expect(acknowledged.length).toBeGreaterThanOrEqual(40)

  const again = await startPool({}, { dataDir })
  expect(again.ClientId).toBe(outputs.auth.user_pool_client_id)
  for (const Username of acknowledged) {
    const user = await again.sdk.send(new AdminGetUserCommand({ UserPoolId: again.UserPoolId, Username }))
    expect(user.UserStatus).toBe('UNCONFIRMED')
  }
  await again.stop()
})

test('a restart keeps ids, keys, sessions and credentials', async () => {
  const dataDir = join(folder, 'restarted')
  const before = await startPool({}, { dataDir })
  await before.addUser('ada@example.com')
  const { AccessToken, IdToken, RefreshToken } = await before.signIn('ada@example.com')
  const Logins = { [`cognito-idp.us-east-1.amazonaws.com/${before.UserPoolId}`]: IdToken }
  const identity = new CognitoIdentityClient({ region: 'us-east-1', endpoint: before.sandbox.url })
  const { IdentityId } = await identity.send(
    new GetIdCommand({ IdentityPoolId: before.outputs.identity_pool_id, Logins }),
  )
  identity.destroy()
  await before.stop()

  const after = await startPool({}, { dataDir })
  const withoutUrl = (outputs: Record<string, unknown>, url: string) =>
    JSON.stringify(outputs).replaceAll(url, '')
  expect(withoutUrl(after.sandbox.outputs, after.sandbox.url)).toBe(
    withoutUrl(before.sandbox.outputs, before.sandbox.url),
  )
  expect(after.sandbox.credentials).toEqual(before.sandbox.credentials)
  await after.sdk.send(new GetUserCommand({ AccessToken }))
  await after.sdk.send(new GetTokensFromRefreshTokenCommand({ ClientId: after.ClientId, RefreshToken }))
  const reopened = new CognitoIdentityClient({ region: 'us-east-1', endpoint: after.sandbox.url })
  const { Credentials } = await reopened.send(new GetCredentialsForIdentityCommand({ IdentityId, Logins }))
  expect(Credentials!.SessionToken).toBeTruthy()
  reopened.destroy()
  await after.stop()
})
