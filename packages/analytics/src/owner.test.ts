import {
  CognitoIdentityClient,
  GetCredentialsForIdentityCommand,
  GetIdCommand,
} from '@aws-sdk/client-cognito-identity'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { flushEvents, record } from './kinesis.js'
import { type Stage, startStage, until } from './stage.fixture.js'

let stage: Stage

beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.stop())

async function identity() {
  const client = new CognitoIdentityClient({ region: 'us-east-1', endpoint: stage.sandbox.url })
  const { identity_pool_id: IdentityPoolId } = stage.sandbox.outputs.auth as { identity_pool_id: string }
  const { IdentityId } = await client.send(new GetIdCommand({ IdentityPoolId }))
  const { Credentials } = await client.send(new GetCredentialsForIdentityCommand({ IdentityId }))
  client.destroy()
  return {
    identityId: IdentityId!,
    credentials: {
      ...{ accessKeyId: Credentials!.AccessKeyId!, secretAccessKey: Credentials!.SecretKey! },
      sessionToken: Credentials!.SessionToken!,
    },
  }
}

test('events of two users never share a call, each is signed by its own, and none is lost', async () => {
  const [ada, grace] = [await identity(), await identity()]
  let current = ada
  const calls: { signer: string; numbers: number[] }[] = []
  const device = stage.device({
    options: {
      Auth: {
        credentialsProvider: {
          getCredentialsAndIdentityId: async () => current,
          clearCredentialsAndIdentityId() {},
        },
      },
      platform: {
        async fetch(input, init = {}) {
          const { authorization } = init.headers as Record<string, string>
          calls.push({
            signer: /Credential=([^/]+)/.exec(authorization!)![1]!,
            numbers: JSON.parse(String(init.body)).Records.map(
              ({ Data }: { Data: string }) => JSON.parse(atob(Data)).n,
            ),
          })
          return fetch(input, init)
        },
      },
    },
  })
  const { ctx } = device
  const put = (n: number) => record({ streamName: 'clicks', partitionKey: 'p', data: { n } }, ctx)
  put(1)
  put(2)
  // Long enough for the device to have seen whose they are, and offline, so that they wait.
  device.setOnline(false)
  await new Promise((resolve) => setTimeout(resolve))
  current = grace
  ctx.events.emit('auth', 'signedOut')
  ctx.events.emit('auth', 'signedIn', { username: 'grace', userId: 'g' })
  put(3)
  device.setOnline(true)
  await flushEvents(ctx)
  await until(async () => (await stage.read()).length === 3)
  expect(calls.toSorted((a, b) => a.numbers[0]! - b.numbers[0]!)).toEqual([
    { signer: ada.credentials.accessKeyId, numbers: [1, 2] },
    { signer: grace.credentials.accessKeyId, numbers: [3] },
  ])
})
