import { fileURLToPath } from 'node:url'
import { a } from '@backline/schema'
import {
  type AuthAllow,
  type AuthGrant,
  defineAuth,
  defineBackend,
  defineData,
  defineFunction,
  defineStorage,
  referenceAuth,
  type StorageAllow,
  type StorageGrant,
} from '@backline/schema/backend'
import { expect, test } from 'vitest'
import { planOf } from './planOf.js'

const auth = defineAuth({ loginWith: { email: true } })
const hello = defineFunction({ name: 'hello', entry: fileURLToPath(import.meta.url) })
const withAccess = (access: (allow: AuthAllow) => AuthGrant[]) =>
  defineAuth({ loginWith: { email: true }, access })
const REFERENCE = {
  userPoolId: 'eu-west-1_Ab12Cd34E',
  userPoolClientId: '3n4b5urk1ft4fl3mg5e62d9ado',
  identityPoolId: 'eu-west-1:b1c2d3e4-0000-4000-8000-1234567890ab',
  authRoleArn: 'arn:aws:iam::123456789012:role/auth',
  unauthRoleArn: 'arn:aws:iam::123456789012:role/unauth',
}
const schema = a.schema({ T: a.model({ x: a.string() }).authorization((allow) => [allow.guest()]) })
const planned = (parts: Record<string, unknown>) => planOf(defineBackend(parts))
const storage = (access: (allow: StorageAllow) => Record<string, StorageGrant[]>, more: object = {}) =>
  planned({ auth, storage: defineStorage({ name: 'files', access, ...more }) }).storages[0]!

test('a pool gets what Amplify deploys where nothing is said', () => {
  expect(planned({ auth }).auth).toEqual({
    loginWith: { email: true, phone: false, username: false },
    requiredAttributes: ['email'],
    customAttributes: [],
    groups: [],
    passwordPolicy: {
      minLength: 8,
      requireLowercase: true,
      requireUppercase: true,
      requireNumbers: true,
      requireSymbols: true,
    },
    allowGuests: true,
    accessTokenSeconds: 3600,
    idTokenSeconds: 3600,
    refreshTokenSeconds: 2_592_000,
  })
})

test("attributes and groups take the service's names", () => {
  const userAttributes = {
    phoneNumber: { required: true },
    fullname: { required: true },
    nickname: { required: false, mutable: true },
    'custom:plan': { dataType: 'String' },
  }
  const plan = planned({
    auth: defineAuth({
      loginWith: { email: true, phone: true },
      userAttributes,
      groups: ['ADMINS', 'EDITORS'],
    }),
  })
  expect(plan.auth).toMatchObject({
    requiredAttributes: ['email', 'phone_number', 'name'],
    customAttributes: ['custom:plan'],
    groups: ['ADMINS', 'EDITORS'],
  })
})

test('data has a key where one is asked for, good for seven days unless said otherwise', () => {
  const days = (authorizationModes?: Parameters<typeof defineData>[0]['authorizationModes']) => {
    const { data } = planned({ auth, data: defineData({ schema, authorizationModes }) })
    return [data?.defaultAuthMode, data?.apiKeyDays]
  }
  expect(days()).toEqual(['userPool', undefined])
  expect(days({ defaultAuthorizationMode: 'apiKey' })).toEqual(['apiKey', 7])
  expect(days({ apiKeyAuthorizationMode: { expiresInDays: 30 } })).toEqual(['userPool', 30])
})

const clerk = defineFunction({ name: 'clerk', entry: fileURLToPath(import.meta.url) })

test('a bucket has the functions that are told of what happens in it', () => {
  const { triggers } = storage(() => ({}), { triggers: { onUpload: clerk } })
  expect(triggers).toEqual({ onUpload: expect.objectContaining({ name: 'clerk' }) })
})

test('what CDK grants to functions on a bucket is theirs, and a policy of their own gives all', () => {
  const backend = defineBackend({
    auth,
    clerk,
    boss: defineFunction({ name: 'boss', entry: fileURLToPath(import.meta.url) }),
    drive: defineStorage({ name: 'files' }),
    attic: defineStorage({ name: 'attic', isDefault: true }),
  })
  backend.drive.resources.bucket.grantRead(backend.clerk.resources.lambda)
  backend.drive.resources.bucket.grantPut(backend.clerk.resources.lambda)
  backend.boss.resources.lambda.addToRolePolicy({})
  const warnings: string[] = []
  const { storages } = planOf(backend, (line) => warnings.push(line))
  const all = ['get', 'list', 'write', 'delete']
  expect(storages.map(({ granted }) => granted)).toEqual([
    { clerk: ['get', 'list', 'write'], boss: all },
    { boss: all },
  ])
  expect(warnings.filter((line) => line.includes('CDK'))).toEqual([])
})

test('access rules say who may do what under which path', () => {
  const { rules } = storage((allow) => ({
    'media/*': [allow.guest.to(['read']), allow.authenticated.to(['read', 'get', 'write'])],
    'private/{entity_id}/*': [allow.entity('identity').to(['read', 'write', 'delete'])],
    'desk/*': [allow.groups(['ADMINS', 'EDITORS']).to(['list']), allow.resource(clerk).to(['read'])],
  }))
  expect(rules).toEqual([
    { path: 'media/*', who: { kind: 'guest' }, may: ['get', 'list'] },
    { path: 'media/*', who: { kind: 'authenticated' }, may: ['get', 'list', 'write'] },
    { path: 'private/{entity_id}/*', who: { kind: 'owner' }, may: ['get', 'list', 'write', 'delete'] },
    { path: 'desk/*', who: { kind: 'group', group: 'ADMINS' }, may: ['list'] },
    { path: 'desk/*', who: { kind: 'group', group: 'EDITORS' }, may: ['list'] },
    { path: 'desk/*', who: { kind: 'function', name: 'clerk' }, may: ['get', 'list'] },
  ])
})

test('a bucket gets a name that S3 takes', () => {
  const bucket = (name: string) => planned({ storage: defineStorage({ name }) }).storages[0]!.bucketName
  expect(bucket('My Photos_2026')).toBe('amplify-sandbox-my-photos-2026')
  expect(bucket('x'.repeat(80))).toMatch(/^[a-z0-9-]{63}$/)
})

test('of several buckets one is the default', () => {
  const [one, two] = [defineStorage({ name: 'one' }), defineStorage({ name: 'two', isDefault: true })]
  expect(planned({ one, two }).storages.map(({ name, isDefault }) => [name, isDefault])).toEqual([
    ['one', false],
    ['two', true],
  ])
  expect(planned({ one }).storages[0]?.isDefault).toBe(true)
})

test.for<[() => unknown, RegExp]>([
  [() => planOf({}), /^The backend must be what defineBackend\({ … }\) returned\.$/],
  [() => planOf(undefined), /must be what defineBackend/],
  [() => planned({ auth, again: auth }), /two auth parts, 'auth' and 'again'/],
  [() => planned({ a: defineData({ schema }), b: defineData({ schema }) }), /two data parts, 'a' and 'b'/],
  [
    () => planned({ pool: referenceAuth({ ...REFERENCE, userPoolId: '' }) }),
    /^referenceAuth: userPoolId must be the id that AWS gave it, such as us-east-1_/,
  ],
  [
    () => planned({ pool: referenceAuth({ ...REFERENCE, identityPoolId: undefined as never }) }),
    /^referenceAuth: identityPoolId must be/,
  ],
  [() => planned({ auth, pool: referenceAuth(REFERENCE) }), /two auth parts, 'auth' and 'pool'/],
  [
    () => planned({ auth: withAccess((allow) => [allow.resource(hello).to(['fly' as never])]) }),
    /^defineAuth: access: the action 'fly' is none of manageUsers,/,
  ],
  [
    () => planned({ auth: withAccess((allow) => [allow.resource('hello').to(['getUser'])]) }),
    /^defineAuth: access: allow\.resource\(…\) takes what defineFunction/,
  ],
  [
    () => planned({ auth: defineAuth({ loginWith: {} }) }),
    /^defineAuth: loginWith must turn on email, phone or username/,
  ],
  [() => planned({ data: defineData({ schema: 3 as never }) }), /^defineData: schema must be what a\.schema/],
  [
    () =>
      planned({
        data: defineData({ schema, authorizationModes: { defaultAuthorizationMode: 'key' as never } }),
      }),
    /^defineData: defaultAuthorizationMode 'key' is none of apiKey, userPool/,
  ],
  [
    () =>
      planned({
        data: defineData({ schema, authorizationModes: { apiKeyAuthorizationMode: { expiresInDays: 0 } } }),
      }),
    /expiresInDays must be a whole number from 1 to 365/,
  ],
  [
    () => planned({ storage: defineStorage({ name: '' }) }),
    /^defineStorage \('storage'\): name must not be empty/,
  ],
  [
    () => storage((allow) => ({ '/media/*': [allow.guest.to(['read'])] })),
    /^defineStorage \('files'\): the path '\/media\/\*' must not start with '\/'/,
  ],
  [
    () => storage((allow) => ({ 'media/': [allow.guest.to(['read'])] })),
    /the path 'media\/' .* must end with '\/\*'/,
  ],
  [
    () => storage((allow) => ({ 'media/*': [allow.guest.to(['update' as never])] })),
    /'update' on 'media\/\*' is none of read,get,list,write,delete/,
  ],
  [
    () => storage((allow) => ({ 'mine/*': [allow.entity('identity').to(['read'])] })),
    /allow\.entity on 'mine\/\*' needs {entity_id}/,
  ],
  [
    () => storage((allow) => ({ 'desk/*': [allow.resource({}).to(['read'])] })),
    /^defineStorage \('files'\): allow\.resource on 'desk\/\*': A function must be what defineFunction/,
  ],
  [
    () => storage(() => ({}), { triggers: { onRename: clerk } }),
    /^defineStorage \('files'\): the trigger 'onRename' is none of onUpload, onDelete/,
  ],
  [
    () => planned({ a: defineStorage({ name: 'x' }), b: defineStorage({ name: 'x', isDefault: true }) }),
    /two buckets are called 'x'/,
  ],
  [
    () => planned({ a: defineStorage({ name: 'x' }), b: defineStorage({ name: 'y' }) }),
    /one must say isDefault: true/,
  ],
  [
    () =>
      planned({
        a: defineStorage({ name: 'x', isDefault: true }),
        b: defineStorage({ name: 'y', isDefault: true }),
      }),
    /'x' and 'y' both say isDefault/,
  ],
  [() => defineBackend({ auth: {} }), /^defineBackend: 'auth' is not the result of a define… function/],
])('what cannot be served is refused by name: %#', ([plan, message]) => {
  expect(plan).toThrow(message)
})

test('what is asked for and not done here is said', () => {
  const warnings: string[] = []
  const backend = defineBackend({
    auth,
    sayHello: defineFunction(),
  })
  planOf(backend, (line) => warnings.push(line))
  expect(warnings).toEqual(["The function 'sayHello' is not run by the sandbox: nothing names it."])
})

test('second factors, one-time codes and functions are read', () => {
  const entry = fileURLToPath(import.meta.url)
  const preSignUp = defineFunction({ entry, environment: { WHO: 'me' }, timeoutSeconds: 20 })
  expect(
    planned({
      auth: defineAuth({
        loginWith: { email: { otpLogin: true } },
        multifactor: { mode: 'OPTIONAL', totp: true, email: true },
        triggers: { preSignUp },
      }),
      preSignUp,
    }).auth,
  ).toMatchObject({
    mfa: { mode: 'OPTIONAL', totp: true, sms: false, email: true },
    passwordless: ['EMAIL_OTP'],
    triggers: { preSignUp: { name: 'planOf.test', entry, environment: { WHO: 'me' }, timeoutSeconds: 20 } },
  })
})

test.for<[() => unknown, RegExp]>([
  [
    () =>
      planned({
        auth: defineAuth({ loginWith: { email: true }, triggers: { preSignOut: defineFunction() } }),
      }),
    /^defineAuth: the trigger 'preSignOut' is none of preSignUp, /,
  ],
  [
    () => planned({ auth: defineAuth({ loginWith: { email: true }, triggers: { preSignUp: {} } }) }),
    /^defineAuth: triggers.preSignUp: A function must be what defineFunction/,
  ],
  [
    () =>
      planned({
        auth: defineAuth({
          loginWith: { email: true },
          triggers: { preSignUp: defineFunction({ entry: '/no.ts' }) },
        }),
      }),
    /^defineAuth: triggers.preSignUp: defineFunction: there is no \/no.ts/,
  ],
  [
    () => planned({ auth: defineAuth({ loginWith: { email: true }, multifactor: { mode: 'REQUIRED' } }) }),
    /^defineAuth: multifactor must turn on totp, sms or email/,
  ],
])('what auth asks for in vain is refused by name: %#', ([plan, message]) => {
  expect(plan).toThrow(message)
})

test('functions get the access that the definition, or CDK, grants them', () => {
  const granted = withAccess((allow) => [
    allow.resource(hello).to(['getUser', 'manageGroupMembership']),
    allow.resource(hello).to(['listUsers']),
  ])
  expect(planned({ auth: granted }).auth?.access).toEqual({
    hello: ['AdminGetUser', 'AdminAddUserToGroup', 'AdminRemoveUserFromGroup', 'ListUsers'],
  })
  const backend = defineBackend({ auth, hello })
  backend.auth.resources.userPool.grant(backend.hello.resources.lambda, 'cognito-idp:AdminGetUser')
  expect(planOf(backend).auth?.access).toEqual({ hello: ['AdminGetUser'] })
  backend.hello.resources.lambda.addToRolePolicy('a policy')
  expect(planOf(backend).auth?.access).toEqual({ hello: ['AdminGetUser', '*'] })
})

test('settings of the pool that are made with CDK take effect', () => {
  const backend = defineBackend({ auth })
  const { cfnUserPool, cfnUserPoolClient } = backend.auth.resources.cfnResources
  cfnUserPool.addPropertyOverride('Policies.SignInPolicy.AllowedFirstAuthFactors', ['PASSWORD', 'EMAIL_OTP'])
  cfnUserPool.addPropertyOverride('Policies.PasswordPolicy.MinimumLength', 12)
  cfnUserPool.deviceConfiguration = { deviceOnlyRememberedOnUserPrompt: true }
  cfnUserPool.enabledMfas = ['SOFTWARE_TOKEN_MFA', 'EMAIL_OTP']
  cfnUserPool.mfaConfiguration = 'ON'
  cfnUserPoolClient.accessTokenValidity = 5
  cfnUserPoolClient.tokenValidityUnits = { accessToken: 'minutes' }
  const warnings: string[] = []
  expect(planOf(backend, (line) => warnings.push(line)).auth).toMatchObject({
    passwordless: ['EMAIL_OTP'],
    passwordPolicy: { minLength: 12 },
    deviceTracking: 'userOptIn',
    mfa: { mode: 'REQUIRED', totp: true, sms: false, email: true },
    accessTokenSeconds: 300,
    idTokenSeconds: 3600,
  })
  expect(warnings).toEqual([])
})

test('outputs that the definition adds are kept, also when there are several', () => {
  const backend = defineBackend({ auth })
  backend.addOutput({ custom: { one: 1 } })
  backend.addOutput({ custom: { two: 2 }, geo: { aws_region: 'x' } })
  expect(planOf(backend).extraOutputs).toEqual({ custom: { one: 1, two: 2 }, geo: { aws_region: 'x' } })
})
