import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3'
import type { Sandbox } from '@backline/sandbox'
import { fetchAuthSession, signIn, signOut } from 'backline/auth'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { register } from './register.fixture.js'
import { outputsOf, PASSWORD, startShop } from './shop.fixture.js'

// What fetchAuthSession gives goes into a client of the AWS SDK as it is: as a value, and as a function that is asked again.

const ADA = 'ada@example.com'
let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startShop()
})
afterAll(() => sandbox.stop())

const s3 = (credentials: S3ClientConfig['credentials']) =>
  new S3Client({
    region: outputsOf(sandbox).storage.aws_region,
    endpoint: sandbox.url,
    forcePathStyle: true,
    maxAttempts: 1,
    credentials,
  })

test('credentials of the session sign calls of @aws-sdk/client-s3, and may do what their owner may', async () => {
  const ctx = await register(sandbox, ADA)
  const Bucket = outputsOf(sandbox).storage.bucket_name

  const guest = s3((await fetchAuthSession({}, ctx)).credentials!)
  await guest.send(new ListObjectsV2Command({ Bucket, Prefix: 'public/' }))
  const write = { Bucket, Key: 'public/a.txt', Body: 'hello' }
  await expect(guest.send(new PutObjectCommand(write))).rejects.toMatchObject({ name: 'AccessDenied' })

  await signIn({ username: ADA, password: PASSWORD }, ctx)
  const { credentials, identityId } = await fetchAuthSession({}, ctx)
  expect(credentials).toEqual({
    accessKeyId: expect.stringMatching(/^ASIA/),
    secretAccessKey: expect.any(String),
    sessionToken: expect.any(String),
    expiration: expect.any(Date),
  })
  const asValue = s3(credentials!)
  await asValue.send(new PutObjectCommand(write))
  const own = { Bucket, Key: `own/${identityId}/b.txt` }
  await asValue.send(new PutObjectCommand({ ...own, Body: 'mine' }))
  const asFunction = s3(async () => (await fetchAuthSession({}, ctx)).credentials!)
  const { Body } = await asFunction.send(new GetObjectCommand(own))
  expect(await Body!.transformToString()).toBe('mine')
  await signOut({}, ctx)
  for (const client of [guest, asValue, asFunction]) client.destroy()
})
