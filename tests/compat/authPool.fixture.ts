import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import { type Sandbox, startSandbox } from '@backline/sandbox'
import { defineAuth, defineBackend, defineFunction } from 'backline/backend'
import { oneTimePassword } from './oneTimePassword.fixture.js'
import { outputsOf } from './shop.fixture.js'

// User pools of every kind, as an app would define them, and the AWS SDK pointed at them.

const HANDLERS = {
  define: `export const handler = async (event) => {
  const { session } = event.request
  const last = session.at(-1)
  if (last?.challengeName === 'SRP_A') event.response.challengeName = 'PASSWORD_VERIFIER'
  else if (last?.challengeName === 'CUSTOM_CHALLENGE' && last.challengeResult) event.response.issueTokens = true
  else if (last && !last.challengeResult) event.response.failAuthentication = true
  else event.response.challengeName = 'CUSTOM_CHALLENGE'
  return event
}`,
  create: `export const handler = async (event) => {
  event.response.publicChallengeParameters = { riddle: 'What is 1 + 1?' }
  event.response.privateChallengeParameters = { answer: '2' }
  return event
}`,
  verify: `export const handler = async (event) => {
  event.response.answerCorrect = event.request.privateChallengeParameters.answer === event.request.challengeAnswer
  return event
}`,
}

interface Kind extends Partial<Parameters<typeof defineAuth>[0]> {
  devices?: 'always' | 'userOptIn'
  rotates?: boolean
  asksRiddles?: boolean
}

export async function startAuthPool({ devices, rotates, asksRiddles, ...more }: Kind = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'backline-pool-'))
  const handler = (name: keyof typeof HANDLERS) => {
    writeFileSync(join(folder, `${name}.ts`), HANDLERS[name])
    return defineFunction({ name, entry: join(folder, `${name}.ts`) })
  }
  const triggers = asksRiddles && {
    defineAuthChallenge: handler('define'),
    createAuthChallenge: handler('create'),
    verifyAuthChallengeResponse: handler('verify'),
  }
  const auth = defineAuth({ loginWith: { email: true }, ...(triggers && { triggers }), ...more })
  const backend = defineBackend({ auth })
  const { cfnUserPool, cfnUserPoolClient } = backend.auth.resources.cfnResources
  if (devices) {
    cfnUserPool.deviceConfiguration = {
      challengeRequiredOnNewDevice: true,
      deviceOnlyRememberedOnUserPrompt: devices === 'userOptIn',
    }
  }
  if (rotates) cfnUserPoolClient.refreshTokenRotation = { feature: 'ENABLED', retryGracePeriodSeconds: 10 }
  const sandbox: Sandbox = await startSandbox({ backend })
  const { user_pool_id: UserPoolId, user_pool_client_id: ClientId, aws_region } = outputsOf(sandbox).auth
  const sdk = new CognitoIdentityProviderClient({
    region: aws_region,
    endpoint: sandbox.url,
    credentials: { ...sandbox.credentials },
    maxAttempts: 1,
  })
  return {
    sandbox,
    sdk,
    UserPoolId,
    ClientId,
    codeFor: async (to: string, channel?: 'email' | 'sms') =>
      (await sandbox.inbox.next({ to, ...(channel && { channel }) })).code!,
    /** What an authenticator app shows after a fresh half minute has begun, so that no code is asked for twice. */
    shown(secret: string) {
      sandbox.clock.advance(30_000)
      return oneTimePassword(secret, sandbox.clock.now())
    },
    async stop() {
      sdk.destroy()
      await sandbox.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type AuthPool = Awaited<ReturnType<typeof startAuthPool>>
