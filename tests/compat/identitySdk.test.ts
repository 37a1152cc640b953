import { GetCredentialsForIdentityCommand, GetIdCommand } from '@aws-sdk/client-cognito-identity'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { Sandbox } from '@backline/sandbox'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type People, peopleOf } from './people.fixture.js'
import { outputsOf, startShop } from './shop.fixture.js'

// The AWS SDK's client of identity pools, and what the keys that it gets open. More refusals: packages/sandbox/src/cognito-identity.

let sandbox: Sandbox
let people: People
const buckets: S3Client[] = []

beforeEach(async () => {
  sandbox = await startShop()
  people = peopleOf(sandbox)
})
afterEach(async () => {
  people.close()
  for (const each of buckets.splice(0)) each.destroy()
  await sandbox.stop()
})

type Keys = Awaited<ReturnType<People['credentials']>>['keys']

function bucketFor(credentials: Keys) {
  const s3 = new S3Client({
    region: 'us-east-1',
    endpoint: sandbox.url,
    forcePathStyle: true,
    maxAttempts: 1,
    credentials,
  })
  buckets.push(s3)
  const Bucket = outputsOf(sandbox).storage.bucket_name
  return {
    put: (Key: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' })),
    get: (Key: string) => s3.send(new GetObjectCommand({ Bucket, Key })),
    list: (Prefix: string) => s3.send(new ListObjectsV2Command({ Bucket, Prefix })),
  }
}

const denied = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } }

test('a guest’s keys read what guests may read, for an hour of the sandbox’s clock', async () => {
  const { identityId, keys, expiration } = await people.credentials()
  expect(identityId).toMatch(/^us-east-1:[0-9a-f-]{36}$/)
  expect(Math.round((expiration.getTime() - sandbox.clock.now()) / 60_000)).toBe(60)
  const guest = bucketFor(keys)
  expect((await guest.list('public/')).KeyCount).toBe(0)
  await expect(guest.put('public/a')).rejects.toMatchObject(denied)

  // The SDK signs by its own clock and learns the difference only from a first refusal, hence the second attempt.
  sandbox.clock.advance(3_600_001)
  await guest.list('public/').catch(() => {})
  await expect(guest.list('public/')).rejects.toMatchObject({ name: 'ExpiredToken' })
  const { Credentials } = await people.identities.send(
    new GetCredentialsForIdentityCommand({ IdentityId: identityId }),
  )
  expect(Credentials!.Expiration!.getTime()).toBeGreaterThan(sandbox.clock.now())
  expect(Credentials!.AccessKeyId).not.toBe(keys.accessKeyId)
})

test('a user’s keys hold to the rules of the bucket: their own folder, and nobody else’s', async () => {
  for (const name of ['ada@example.com', 'bob@example.com']) await people.register(name)
  const ada = await people.credentials((await people.signIn('ada@example.com')).IdToken)
  const bob = await people.credentials((await people.signIn('bob@example.com')).IdToken)
  expect(ada.identityId).not.toBe(bob.identityId)
  const [asAda, asBob] = [bucketFor(ada.keys), bucketFor(bob.keys)]
  await asAda.put(`own/${ada.identityId}/diary`)
  await asAda.put('public/poster')
  await asBob.get('public/poster')
  await expect(asBob.get(`own/${ada.identityId}/diary`)).rejects.toMatchObject(denied)
  await expect(asBob.put(`own/${ada.identityId}/diary`)).rejects.toMatchObject(denied)
  await expect(asBob.list('')).rejects.toMatchObject(denied)
  await expect(asBob.put('elsewhere')).rejects.toMatchObject(denied)
})

test('an identity is opened with the login that made it, and with no other', async () => {
  await people.register('ada@example.com')
  const { IdToken } = await people.signIn('ada@example.com')
  const { identityId } = await people.credentials(IdToken)
  await expect(
    people.identities.send(new GetCredentialsForIdentityCommand({ IdentityId: identityId })),
  ).rejects.toMatchObject({ name: 'NotAuthorizedException' })
  await expect(
    people.identities.send(
      new GetIdCommand({
        IdentityPoolId: people.auth.identity_pool_id,
        Logins: people.logins(`${IdToken.slice(0, -4)}AAAA`),
      }),
    ),
  ).rejects.toMatchObject({ name: 'NotAuthorizedException' })
})
