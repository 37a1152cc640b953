import {
  CognitoIdentityClient,
  GetCredentialsForIdentityCommand,
  GetIdCommand,
} from '@aws-sdk/client-cognito-identity'
import {
  AbortMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { authPlan } from '../pool.fixture.js'
import { type Sandbox, serve } from '../sandbox.js'

const Bucket = 'drive-bucket'
const denied = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } }
const credentialsOf = { accessKeyId: '', secretAccessKey: '', sessionToken: '' }
let sandbox: Sandbox
let root: S3Client
let guest: S3Client

const client = (credentials: Partial<typeof credentialsOf>) =>
  new S3Client({
    ...{ endpoint: sandbox.url, region: 'us-east-1', forcePathStyle: true, maxAttempts: 1 },
    credentials: { ...credentialsOf, ...credentials },
  })

beforeAll(async () => {
  sandbox = await serve({
    auth: authPlan,
    extraOutputs: {},
    storages: [
      {
        ...{ name: 'drive', isDefault: true, bucketName: Bucket },
        rules: [
          { path: 'public/*', who: { kind: 'guest' }, may: ['get', 'list'] },
          { path: 'inbox/*', who: { kind: 'guest' }, may: ['write'] },
          { path: 'blind/*', who: { kind: 'guest' }, may: ['get'] },
          { path: 'public/*', who: { kind: 'authenticated' }, may: ['get', 'list', 'write', 'delete'] },
        ],
      },
    ],
  })
  root = client(sandbox.credentials)
  const identity = new CognitoIdentityClient({
    ...{ endpoint: sandbox.url, region: 'us-east-1', credentials: credentialsOf },
  })
  const { identity_pool_id: IdentityPoolId } = sandbox.outputs.auth as { identity_pool_id: string }
  const { IdentityId } = await identity.send(new GetIdCommand({ IdentityPoolId }))
  const { Credentials } = await identity.send(new GetCredentialsForIdentityCommand({ IdentityId }))
  identity.destroy()
  Object.assign(credentialsOf, {
    accessKeyId: Credentials!.AccessKeyId,
    secretAccessKey: Credentials!.SecretKey,
    sessionToken: Credentials!.SessionToken,
  })
  guest = client({})
  for (const Key of ['public/a', 'inbox/a', 'blind/a']) {
    await root.send(new PutObjectCommand({ Bucket, Key, Body: Key }))
  }
})
afterAll(async () => {
  root.destroy()
  guest.destroy()
  await sandbox.stop()
})

test('a guest may do what the rules say and nothing else', async () => {
  const got = await guest.send(new GetObjectCommand({ Bucket, Key: 'public/a' }))
  expect(await got.Body!.transformToString()).toBe('public/a')
  const listed = await guest.send(new ListObjectsV2Command({ Bucket, Prefix: 'public/' }))
  expect(listed.KeyCount).toBe(1)
  await guest.send(new PutObjectCommand({ Bucket, Key: 'inbox/b', Body: 'x' }))
  for (const refused of [
    new PutObjectCommand({ Bucket, Key: 'public/b', Body: 'x' }),
    new GetObjectCommand({ Bucket, Key: 'inbox/a' }),
    new ListObjectsV2Command({ Bucket }),
    new ListObjectsV2Command({ Bucket, Prefix: 'inbox/' }),
    new CreateMultipartUploadCommand({ Bucket, Key: 'public/b' }),
    new CopyObjectCommand({ Bucket, Key: 'inbox/c', CopySource: `${Bucket}/inbox/a` }),
    new CopyObjectCommand({ Bucket, Key: 'public/c', CopySource: `${Bucket}/public/a` }),
    new ListBucketsCommand({}),
  ]) {
    await expect(guest.send(refused as PutObjectCommand), refused.constructor.name).rejects.toMatchObject(
      denied,
    )
  }
  await guest.send(new CopyObjectCommand({ Bucket, Key: 'inbox/c', CopySource: `${Bucket}/public/a` }))
})

test('who may write may also give up what they began', async () => {
  const upload = await guest.send(new CreateMultipartUploadCommand({ Bucket, Key: 'inbox/big' }))
  await guest.send(new AbortMultipartUploadCommand({ Bucket, Key: 'inbox/big', UploadId: upload.UploadId }))
})

test('who may not list does not learn which keys exist', async () => {
  const get = (Key: string) => guest.send(new GetObjectCommand({ Bucket, Key }))
  await expect(get('public/none')).rejects.toMatchObject({ name: 'NoSuchKey' })
  await expect(get('blind/none')).rejects.toMatchObject(denied)
})

test('of many keys to delete each is judged by itself', async () => {
  const Objects = [{ Key: 'public/a' }, { Key: 'inbox/a' }]
  const answer = await guest.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))
  expect(answer.Errors?.map(({ Key, Code }) => [Key, Code])).toEqual([
    ['public/a', 'AccessDenied'],
    ['inbox/a', 'AccessDenied'],
  ])
  expect(answer.Deleted).toBeUndefined()
})

test('credentials of a session need their token, and expire', async () => {
  const get = (by: S3Client) => by.send(new GetObjectCommand({ Bucket, Key: 'public/a' }))
  await expect(get(client({ sessionToken: 'forged' }))).rejects.toMatchObject({ name: 'InvalidToken' })
  await expect(get(client({ secretAccessKey: 'forged' }))).rejects.toMatchObject({
    name: 'SignatureDoesNotMatch',
  })
  sandbox.clock.advance(24 * 3_600_000)
  const late = client({})
  late.config.systemClockOffset = 24 * 3_600_000
  await expect(get(late)).rejects.toMatchObject({ name: 'ExpiredToken' })
})

test('the outputs say where the buckets are and who may do what', () => {
  expect(sandbox.outputs.storage).toEqual({
    ...{ bucket_name: Bucket, aws_region: 'us-east-1', endpoint: sandbox.url },
    buckets: [
      {
        ...{ name: 'drive', bucket_name: Bucket, aws_region: 'us-east-1' },
        paths: {
          'public/*': { guest: ['get', 'list'], authenticated: ['get', 'list', 'write', 'delete'] },
          'inbox/*': { guest: ['write'] },
          'blind/*': { guest: ['get'] },
        },
      },
    ],
  })
})
