import {
  CognitoIdentityClient,
  GetCredentialsForIdentityCommand,
  GetIdCommand,
} from '@aws-sdk/client-cognito-identity'
import { onTestFinished } from 'vitest'
import type { LocalPlan } from './plan.js'
import { authPlan } from './pool.fixture.js'
import { type Sandbox, type SandboxOptions, serve } from './sandbox.js'

const bucket = { name: 'drive', isDefault: true, bucketName: 'drive-bucket', rules: [] }

/** A sandbox with services of `defineLocal` and a bucket; stopped after the test. */
export async function startLocal(local: LocalPlan, options: Omit<SandboxOptions, 'backend'> = {}) {
  const sandbox = await serve({ auth: authPlan, storages: [bucket], extraOutputs: {}, local }, options)
  let stopped: Promise<void> | undefined
  const stop = () => (stopped ??= sandbox.stop())
  onTestFinished(stop)
  const of = (credentials: object) => ({
    ...{ region: 'us-east-1', endpoint: sandbox.url, maxAttempts: 1 },
    credentials: { accessKeyId: '', secretAccessKey: '', ...credentials },
  })
  return { sandbox, stop, root: of(sandbox.credentials), guest: of(await guestOf(sandbox)) }
}

async function guestOf(sandbox: Sandbox) {
  const identity = new CognitoIdentityClient({ region: 'us-east-1', endpoint: sandbox.url })
  const { identity_pool_id: IdentityPoolId } = sandbox.outputs.auth as { identity_pool_id: string }
  const { IdentityId } = await identity.send(new GetIdCommand({ IdentityPoolId }))
  const { Credentials } = await identity.send(new GetCredentialsForIdentityCommand({ IdentityId }))
  identity.destroy()
  return {
    accessKeyId: Credentials!.AccessKeyId!,
    secretAccessKey: Credentials!.SecretKey!,
    sessionToken: Credentials!.SessionToken!,
  }
}
