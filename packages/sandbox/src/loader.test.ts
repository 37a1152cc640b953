import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { appWith, write } from './amplify.fixture.js'
import { LoadError, loadBackend } from './loader.js'
import { planOf } from './planOf.js'

const load = async (files: Record<string, string>) => {
  const warnings: string[] = []
  const app = appWith(files)
  const plan = planOf(await loadBackend(join(app, 'amplify')), (line) => warnings.push(line))
  return { plan, warnings, app }
}

const AUTH =
  "import { defineAuth } from '@aws-amplify/backend'\nexport const auth = defineAuth({ loginWith: { email: true } })"

test("a stock starter's folder is read, with nothing of it installed and nothing written beside it", async () => {
  const { plan, warnings, app } = await load({
    'amplify/backend.ts': `import { defineBackend } from '@aws-amplify/backend';
import { auth } from './auth/resource';
import { data } from './data/resource';

/** @see https://docs.amplify.aws/react/build-a-backend/ */
defineBackend({ auth, data });`,
    'amplify/auth/resource.ts': `import { defineAuth } from "@aws-amplify/backend";
export const auth = defineAuth({ loginWith: { email: true } });`,
    'amplify/data/resource.ts': `import { type ClientSchema, a, defineData } from "@aws-amplify/backend";
const schema = a.schema({
  Todo: a.model({ content: a.string() }).authorization((allow) => [allow.publicApiKey()]),
});
export type Schema = ClientSchema<typeof schema>;
export const data = defineData({
  schema,
  authorizationModes: { defaultAuthorizationMode: "apiKey", apiKeyAuthorizationMode: { expiresInDays: 30 } },
});`,
    'amplify/package.json': '{ "type": "module" }',
    'amplify/tsconfig.json':
      '{ "compilerOptions": { "paths": { "$amplify/*": ["../.amplify/generated/*"] } } }',
  })
  expect(plan).toMatchObject({
    auth: { loginWith: { email: true, phone: false, username: false }, allowGuests: true },
    data: { defaultAuthMode: 'apiKey', apiKeyDays: 30 },
    storages: [],
  })
  expect(warnings).toEqual([])
  expect(readdirSync(join(app, 'amplify')).sort()).toEqual([
    'auth',
    'backend.ts',
    'data',
    'package.json',
    'tsconfig.json',
  ])
})

test.for([
  ['@aws-amplify/backend', '@aws-amplify/data-schema'],
  ['backline/backend', 'backline/schema'],
  ['aws-amplify/backend', 'aws-amplify/schema'],
])('definitions may come from %s', async ([backend, schema]) => {
  const { plan } = await load({
    'amplify/backend.ts': `import { defineBackend, defineData } from '${backend}'
import { a } from '${schema}'
const schema = a.schema({ T: a.model({ x: a.string() }).authorization((allow) => [allow.guest()]) })
export const backend = defineBackend({ data: defineData({ schema }) })`,
  })
  expect(plan.data?.defaultAuthMode).toBe('userPool')
})

test('imports need no extension: .ts, .js for .ts, folders, JSON, and packages of the app', async () => {
  const { plan } = await load({
    'amplify/backend.ts': `import { defineBackend } from '@aws-amplify/backend'
import { auth } from './auth'
import { bucket } from './storage.js'
import names from './names.json'
import { suffix } from 'company'
defineBackend({ auth, storage: bucket(names.bucket + suffix) })`,
    'amplify/auth/index.ts': AUTH,
    'amplify/storage.ts':
      "import { defineStorage } from '@aws-amplify/backend'\nexport const bucket = (name: string) => defineStorage({ name })",
    'amplify/names.json': '{ "bucket": "photos" }',
    'node_modules/company/package.json': '{ "name": "company", "main": "index.cjs" }',
    'node_modules/company/index.cjs': "exports.suffix = '-' + require('node:path').basename('/a/b')",
  })
  expect(plan.storages).toMatchObject([{ name: 'photos-b', isDefault: true }])
})

test('what a folder does with CDK runs without CDK; what has no effect is said once', async () => {
  const { plan, warnings } = await load({
    'amplify/backend.ts': `import { defineBackend } from '@aws-amplify/backend'
import { CfnOutput, Duration, Stack } from 'aws-cdk-lib'
import * as sns from 'aws-cdk-lib/aws-sns'
import { Construct } from 'constructs'
import { auth } from './auth'
const backend = defineBackend({ auth })
const { cfnUserPool, cfnIdentityPool } = backend.auth.resources.cfnResources
cfnUserPool.policies = { passwordPolicy: { minimumLength: 12, requireSymbols: false, temporaryPasswordValidityDays: 20 } }
cfnUserPool.addPropertyOverride('Policies.PasswordPolicy.RequireNumbers', false)
cfnUserPool.deletionProtection = 'ACTIVE'
cfnIdentityPool.allowUnauthenticatedIdentities = false
const stack = backend.createStack('alerts')
class Alerts extends Construct {}
new Alerts(stack, 'x')
const topic = new sns.Topic(stack, 'topic', { age: Duration.days(3) })
topic.grantPublish(backend.auth.resources.authenticatedUserIamRole)
topic.grantPublish(backend.auth.resources.unauthenticatedUserIamRole)
new CfnOutput(Stack.of(stack), 'arn', { value: \`arn \${topic.topicArn}\` })
cfnUserPool.usernameConfiguration = { caseSensitive: true }
backend.addOutput({ custom: { region: Stack.of(stack).region + '', flag: true } })`,
    'amplify/auth/index.ts': AUTH,
  })
  expect(plan.auth?.passwordPolicy).toEqual({
    minLength: 12,
    requireLowercase: true,
    requireUppercase: true,
    requireNumbers: false,
    requireSymbols: false,
  })
  expect(plan.auth?.allowGuests).toBe(false)
  expect(plan.extraOutputs).toMatchObject({ custom: { flag: true } })
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toMatch(/^amplify\/backend\.ts: these CDK calls have no effect in the sandbox: /)
  expect(warnings[0]).toContain('cfnUserPool.usernameConfiguration')
  expect(warnings[0]).not.toMatch(/policies|deletionProtection|allowUnauthenticatedIdentities/)
})

test('the folder is read anew each time, and the last definition in it counts', async () => {
  const buckets = (...names: string[]) =>
    `import { defineBackend, defineStorage } from '@aws-amplify/backend'
${names.map((name) => `defineBackend({ storage: defineStorage({ name: '${name}' }) })`).join('\n')}`
  const app = appWith({ 'amplify/backend.ts': buckets('one', 'two') })
  const name = async () => planOf(await loadBackend(join(app, 'amplify'))).storages[0]?.name
  expect(await name()).toBe('two')
  write(join(app, 'amplify/backend.ts'), buckets('three'))
  expect(await name()).toBe('three')
})

test('code that goes wrong is told by file and line', async () => {
  const app = appWith({
    'amplify/backend.ts': "import { auth } from './auth/resource'\nauth()",
    'amplify/auth/resource.ts':
      'export const auth = () => {\n  const user: any = undefined\n  return user.name\n}',
  })
  const error = await loadBackend(join(app, 'amplify')).catch((error: Error) => error)
  expect(error).toBeInstanceOf(LoadError)
  expect((error as Error).message).toMatch(
    /^amplify\/auth\/resource\.ts:3:15 Cannot read properties of undefined/,
  )
})

test('a part of a schema that is not served is named, with its line', async () => {
  await expect(
    load({
      'amplify/backend.ts': `import { a, defineBackend, defineData } from '@aws-amplify/backend'
const schema = a.schema({
  echo: a.oracle(),
})
defineBackend({ data: defineData({ schema }) })`,
    }),
  ).rejects.toThrow(
    /^amplify[\\/]backend\.ts:3:\d+ a\.oracle is not a part of a schema that is served here\.$/,
  )
})

test('a file that reads its neighbour finds it', async () => {
  const { plan } = await load({
    'amplify/backend.ts': `import { defineBackend } from '@aws-amplify/backend'
import { place } from './inner/place'
defineBackend({}).addOutput({ custom: place })`,
    'amplify/inner/place.ts': `import { readFileSync } from 'node:fs'
import { join } from 'node:path'
export const place: object = {
  byUrl: readFileSync(new URL('./note.txt', import.meta.url), 'utf8'),
  byFolder: readFileSync(join(__dirname, 'note.txt'), 'utf8'),
  named: 'not __dirname',
}`,
    'amplify/inner/note.txt': 'here',
  })
  expect(plan.extraOutputs).toEqual({ custom: { byUrl: 'here', byFolder: 'here', named: 'not __dirname' } })
})

test('what CDK would only know after a deployment is said by its name', async () => {
  const { plan } = await load({
    'amplify/backend.ts': `import { defineBackend } from '@aws-amplify/backend'
import { Queue } from 'aws-cdk-lib/aws-sqs'
const backend = defineBackend({})
const queue = new Queue(backend.createStack('queues'), 'Queue', { queueName: 'mine' })
backend.addOutput({ custom: { url: queue.queueUrl } })
backend.addOutput({ custom: { region: 'us-east-1' } })`,
  })
  expect(JSON.parse(JSON.stringify(plan.extraOutputs))).toEqual({
    custom: { url: expect.stringContaining('Queue.queueUrl'), region: 'us-east-1' },
  })
})

test('folders that are read at the same moment do not get each other’s definitions', async () => {
  const email = {
    'amplify/backend.ts': `${AUTH}\nimport { defineBackend } from '@aws-amplify/backend'\ndefineBackend({ auth })`,
  }
  const phone = {
    'amplify/backend.ts':
      "import { defineAuth, defineBackend } from '@aws-amplify/backend'\ndefineBackend({ auth: defineAuth({ loginWith: { phone: true } }) })",
  }
  const loaded = await Promise.all([email, phone, email].map(load))
  expect(loaded.map(({ plan }) => plan.auth?.loginWith.phone)).toEqual([false, true, false])
})

test('a schema that was generated of a database is read', async () => {
  const { plan, warnings } = await load({
    'amplify/backend.ts': `import { a, defineBackend, defineData } from '@aws-amplify/backend'
import { schema } from './data/schema.sql'
const own = a.schema({ Todo: a.model({ content: a.string() }) }).authorization((allow) => [allow.guest()])
const sqlSchema = schema.authorization((allow) => allow.guest())
defineBackend({ data: defineData({ schema: a.combine([own, sqlSchema]) }) })`,
    'amplify/data/schema.sql.ts': readFileSync(
      join(import.meta.dirname, 'sql/events.postgresql.official.txt'),
      'utf8',
    ),
  })
  const schema = plan.data?.schema as { transform(): { schema: string } }
  expect(schema.transform().schema).toContain('type event @model(timestamps: null)')
  expect(schema.transform().schema).toContain('type Todo @model @auth')
  expect(warnings).toEqual([
    "secret('SQL_CONNECTION_STRING') is not set: give the sandbox the connection string of your database, postgres://user:password@host:port/database, as an environment variable.",
  ])
})
