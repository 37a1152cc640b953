import * as official from '@aws-amplify/storage/internals'
import { createAmplifyContext } from '@backline/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Bucket, startBucket } from './bucket.fixture.js'
import * as ours from './internals.js'
import {
  copy,
  getDataAccess,
  getUrl,
  list,
  listCallerAccessGrants,
  listPaths,
  remove,
  uploadData,
} from './internals.js'

let bucket: Bucket
beforeAll(async () => {
  bucket = await startBucket()
})
afterAll(() => bucket.sandbox.stop())

const inAnHour = () => new Date(Date.now() + 3_600_000)
const administrator: ours.CredentialsProvider = async () => ({
  credentials: { ...bucket.sandbox.credentials, sessionToken: '', expiration: inAnHour() },
})

test('every value of @aws-amplify/storage/internals is here', () => {
  const kinds = (of: object) =>
    Object.fromEntries(Object.entries(of).map(([name, value]) => [name, typeof value]))
  expect(kinds(ours)).toMatchObject(kinds(official))
  expect(Object.keys(ours.validationErrorMap)).toEqual(
    expect.arrayContaining(Object.keys(official.validationErrorMap)),
  )
  expect(ours.StorageValidationErrorCode).toMatchObject(official.StorageValidationErrorCode)
})

test('each call has the credentials of its place, and the next is the guest’s again', async () => {
  const { ctx, sent } = bucket.watch({ guest: true })
  const place = { locationCredentialsProvider: administrator }
  await uploadData({ path: 'closed/a', data: 'hello', options: place }, ctx).result
  await copy({ source: { path: 'closed/a' }, destination: { path: 'closed/b' }, options: place }, ctx)
  const { items } = await list({ path: 'closed/', options: { ...place, listAll: true } }, ctx)
  expect(items.map(({ path }) => path)).toEqual(['closed/a', 'closed/b'])
  const { url } = await getUrl({ path: 'closed/a', options: place }, ctx)
  expect(await (await fetch(url)).text()).toBe('hello')
  await remove({ path: 'closed/a', options: place }, ctx).result
  expect(sent.every(({ headers }) => !headers['x-amz-security-token'])).toBe(true)
  await expect(list({ path: 'closed/' }, ctx)).rejects.toMatchObject({ name: 'AccessDenied' })
})

test('credentials that S3 no longer takes are asked for anew', async () => {
  const asked: (boolean | undefined)[] = []
  const locationCredentialsProvider: ours.CredentialsProvider = async ({ forceRefresh } = {}) => {
    asked.push(forceRefresh)
    return administrator()
  }
  let refused = false
  const watched = bucket.watch({ guest: true })
  watched.intercept = () => {
    if (refused) return undefined
    refused = true
    return new Response('<Error><Code>ExpiredToken</Code></Error>', { status: 400 })
  }
  await list({ path: 'public/', options: { locationCredentialsProvider } }, watched.ctx)
  expect(asked).toContain(true)
})

test('another host is asked where that is wanted, and must be the name of one', async () => {
  const { ctx } = bucket.watch()
  const options = { customEndpoint: 's3.example.com' }
  const { url } = await getUrl({ path: 'a', options }, ctx)
  expect(url.href).toMatch(new RegExp(`^https://s3\\.example\\.com/${bucket.bucket}/a\\?`))
  for (const customEndpoint of ['https://s3.example.com', 's3.example.com/path', 'host', ''])
    await expect(async () => getUrl({ path: 'a', options: { customEndpoint } }, ctx)).rejects.toMatchObject({
      name: 'InvalidCustomEndpoint',
    })
})

const rules = {
  'media/*': { guest: ['get'], authenticated: ['get', 'list'], groupsADMINS: ['write'] },
  'private/${cognito-identity.amazonaws.com:sub}/*': { entityidentity: ['get', 'write'] },
}
const config = {
  Auth: {
    Cognito: {
      ...{
        userPoolId: 'us-east-1_a',
        userPoolClientId: 'b',
        identityPoolId: 'us-east-1:c',
        allowGuestAccess: true,
      },
      groups: [{ EDITORS: { precedence: 1 } }, { ADMINS: { precedence: 0 } }] as Record<
        string,
        { precedence: number }
      >[],
    },
  },
  Storage: { S3: { buckets: { drive: { bucketName: 'drive-1', region: 'us-east-1', paths: rules } } } },
}

/** Somebody who is in these groups; a guest, without. */
function person(groups?: string[]) {
  const payload = { sub: 'ada', iss: 'x', 'cognito:groups': groups }
  const accessToken = { payload, toString: () => 'token' }
  return createAmplifyContext(config, {
    Auth: {
      tokenProvider: { getTokens: async () => (groups ? { accessToken } : null) },
      credentialsProvider: {
        getCredentialsAndIdentityId: async () => ({
          credentials: { accessKeyId: 'A', secretAccessKey: 's' },
          identityId: 'us-east-1:ada',
        }),
        async clearCredentialsAndIdentityId() {},
      },
    },
  })
}
const media = { type: 'PREFIX', bucket: 'drive-1', prefix: 'media/*' }

test.each([
  [undefined, [{ ...media, permission: ['get'] }]],
  [
    [],
    [
      { ...media, permission: ['get', 'list'] },
      { ...media, prefix: 'private/us-east-1:ada/*', permission: ['get', 'write'] },
    ],
  ],
  [['EDITORS', 'ADMINS', 'OTHERS'], [{ ...media, permission: ['write'] }]],
])('whoever is in the groups %j sees the paths of their role', async (groups, locations) => {
  expect(await listPaths(person(groups))).toEqual({ locations })
})

test('without a configuration there are no paths to see', async () => {
  await expect(listPaths(createAmplifyContext({}))).rejects.toMatchObject({ name: 'NoS3Config' })
  await expect(listPaths(createAmplifyContext({ Storage: config.Storage }))).rejects.toMatchObject({
    name: 'NoAuthConfig',
  })
})

/** S3 Control as its reference shows it: the sandbox has none. */
function control(answer: string, status = 200) {
  const asked: { url: URL; headers: Record<string, string> }[] = []
  const ctx = createAmplifyContext(
    {},
    {
      platform: {
        async fetch(input, init) {
          asked.push({ url: new URL(String(input)), headers: init!.headers as Record<string, string> })
          return new Response(answer, { status })
        },
      },
    },
  )
  const credentialsProvider: ours.CredentialsProvider = async () => ({
    credentials: { accessKeyId: 'AKIA', secretAccessKey: 's', sessionToken: 't', expiration: inAnHour() },
  })
  return { asked, ctx, account: { accountId: '111122223333', region: 'eu-west-1', credentialsProvider } }
}

test('grants of S3 Access Grants are listed, page by page', async () => {
  const { asked, ctx, account } = control(`<?xml version="1.0" encoding="UTF-8"?>
    <ListCallerAccessGrantsResult><NextToken>more</NextToken><CallerAccessGrantsList>
      <AccessGrant><Permission>READ</Permission><GrantScope>s3://drive/*</GrantScope></AccessGrant>
      <AccessGrant><Permission>READWRITE</Permission><GrantScope>s3://drive/a/b*</GrantScope></AccessGrant>
      <AccessGrant><Permission>WRITE</Permission><GrantScope>s3://drive/a/c</GrantScope></AccessGrant>
    </CallerAccessGrantsList></ListCallerAccessGrantsResult>`)
  expect(await listCallerAccessGrants({ ...account, pageSize: 5000, nextToken: 'n' }, ctx)).toEqual({
    locations: [
      { scope: 's3://drive/*', permission: 'READ', type: 'BUCKET' },
      { scope: 's3://drive/a/b*', permission: 'READWRITE', type: 'PREFIX' },
      { scope: 's3://drive/a/c', permission: 'WRITE', type: 'OBJECT' },
    ],
    nextToken: 'more',
  })
  const [{ url, headers } = asked[0]!] = asked
  expect(url.href).toBe(
    'https://111122223333.s3-control.eu-west-1.amazonaws.com/v20180820/accessgrantsinstance/caller/grants?maxResults=1000&nextToken=n&allowedByApplication=true',
  )
  expect(headers).toMatchObject({
    'x-amz-account-id': '111122223333',
    'x-amz-security-token': 't',
    authorization: expect.stringMatching(
      /\/eu-west-1\/s3\/aws4_request, SignedHeaders=host;x-amz-account-id;/,
    ),
  })
})

test('access to a granted place comes as credentials, and a refusal by its name', async () => {
  const { asked, ctx, account } = control(`<GetDataAccessResult><Credentials>
      <AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>key</SecretAccessKey><SessionToken>token</SessionToken>
      <Expiration>2026-01-02T03:04:05.000Z</Expiration></Credentials>
      <MatchedGrantTarget>s3://drive/a/*</MatchedGrantTarget></GetDataAccessResult>`)
  const input = { ...account, scope: 's3://drive/a/c', permission: 'READ' as const }
  expect(await getDataAccess(input, ctx)).toEqual({
    credentials: {
      ...{ accessKeyId: 'ASIA', secretAccessKey: 'key', sessionToken: 'token' },
      expiration: new Date('2026-01-02T03:04:05Z'),
    },
    scope: 's3://drive/a/*',
  })
  expect(Object.fromEntries(asked[0]!.url.searchParams)).toEqual({
    ...{ target: 's3://drive/a/c', targetType: 'Object', permission: 'READ', durationSeconds: '900' },
  })

  const refusing = control(
    '<ErrorResponse><Error><Code>AccessDenied</Code><Message>No.</Message></Error></ErrorResponse>',
    403,
  )
  await expect(getDataAccess({ ...input, ...refusing.account }, refusing.ctx)).rejects.toMatchObject({
    ...{ name: 'AccessDenied', message: 'No.', status: 403 },
  })
  await expect(getDataAccess({ ...input, accountId: '1' }, ctx)).rejects.toMatchObject({
    name: 'InvalidAWSAccountID',
  })
})
