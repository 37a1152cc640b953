import {
  AdminAddUserToGroupCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { type Sandbox, startSandbox } from '@backline/sandbox'
import { defineAuth, defineBackend, defineStorage } from 'backline/backend'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type People, peopleOf } from './people.fixture.js'
import { outputsOf } from './shop.fixture.js'

// Every kind of rule that defineStorage has, held against keys of people who have signed in as such: by the AWS SDK's clients.

const region = 'us-east-1'
let sandbox: Sandbox
let people: People
let Bucket: string
const clients: { destroy(): void }[] = []

beforeAll(async () => {
  sandbox = await startSandbox({
    backend: defineBackend({
      auth: defineAuth({ loginWith: { email: true }, groups: ['EDITORS'] }),
      storage: defineStorage({
        name: 'drive',
        access: (allow) => ({
          'public/*': [allow.guest.to(['read']), allow.authenticated.to(['read', 'write'])],
          'drafts/*': [allow.groups(['EDITORS']).to(['read', 'write', 'delete'])],
          'own/{entity_id}/*': [
            allow.entity('identity').to(['read', 'write', 'delete']),
            allow.authenticated.to(['get']),
          ],
          'get/*': [allow.authenticated.to(['get'])],
          'list/*': [allow.authenticated.to(['list'])],
          'write/*': [allow.authenticated.to(['write'])],
          'delete/*': [allow.authenticated.to(['delete'])],
        }),
      }),
    }),
  })
  people = peopleOf(sandbox)
  Bucket = outputsOf(sandbox).storage.bucket_name
})
afterAll(async () => {
  people?.close()
  for (const each of clients) each.destroy()
  await sandbox?.stop()
})

function bucketFor(credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }) {
  const s3 = new S3Client({
    ...{ region, endpoint: sandbox.url, forcePathStyle: true, maxAttempts: 1 },
    credentials: { ...credentials },
  })
  clients.push(s3)
  return s3
}

test('guests, users, members of a group and owners may do what the rules of each path give to them', {
  timeout: 30_000,
}, async () => {
  const root = bucketFor(sandbox.credentials)
  const pool = new CognitoIdentityProviderClient({
    region,
    endpoint: sandbox.url,
    credentials: { ...sandbox.credentials },
  })
  clients.push(pool)
  for (const name of ['ada@example.com', 'bob@example.com', 'eve@example.com']) await people.register(name)
  await pool.send(
    new AdminAddUserToGroupCommand({
      UserPoolId: people.auth.user_pool_id,
      Username: 'eve@example.com',
      GroupName: 'EDITORS',
    }),
  )
  const signedIn = async (name: string) => people.credentials((await people.signIn(name)).IdToken)
  const [guest, ada, bob, eve] = [
    await people.credentials(),
    await signedIn('ada@example.com'),
    await signedIn('bob@example.com'),
    await signedIn('eve@example.com'),
  ]

  /** What of put, get, list and delete S3 lets somebody do below a path; anything but `AccessDenied` ends the test. */
  async function mayDo({ keys }: typeof guest, path: string): Promise<string> {
    const s3 = bucketFor(keys)
    const [kept, made] = [`${path}kept`, `${path}made`]
    await root.send(new PutObjectCommand({ Bucket, Key: kept, Body: 'x' }))
    const tried = {
      put: () => s3.send(new PutObjectCommand({ Bucket, Key: made, Body: 'x' })),
      get: () => s3.send(new GetObjectCommand({ Bucket, Key: kept })),
      list: () => s3.send(new ListObjectsV2Command({ Bucket, Prefix: path })),
      delete: () => s3.send(new DeleteObjectCommand({ Bucket, Key: kept })),
    }
    const done: string[] = []
    for (const [name, call] of Object.entries(tried)) {
      const error = await call().then(
        () => undefined,
        (reason: Error) => reason,
      )
      if (!error) done.push(name)
      else
        expect(error, `${name} of ${path}`).toMatchObject({
          name: 'AccessDenied',
          $metadata: { httpStatusCode: 403 },
        })
    }
    return done.join(' ')
  }

  const everybody = [guest, ada, bob, eve]
  const table: Record<string, string[]> = {}
  const paths = [
    'public/',
    'drafts/',
    `own/${ada.identityId}/`,
    'get/',
    'list/',
    'write/',
    'delete/',
    'elsewhere/',
  ]
  for (const path of paths) {
    table[path.replace(ada.identityId, 'ada')] = []
    for (const who of everybody) table[path.replace(ada.identityId, 'ada')]!.push(await mayDo(who, path))
  }
  const all = 'put get list delete'
  // Whoever is in a group has the role of the group, and not that of all who have signed in, as on AWS.
  expect(table).toEqual({
    'public/': ['get list', 'put get list', 'put get list', ''],
    'drafts/': ['', '', '', all],
    'own/ada/': ['', all, 'get', ''],
    'get/': ['', 'get', 'get', ''],
    'list/': ['', 'list', 'list', ''],
    'write/': ['', 'put', 'put', ''],
    'delete/': ['', 'delete', 'delete', ''],
    'elsewhere/': ['', '', '', ''],
  })
})
