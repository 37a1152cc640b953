import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Sandbox, startSandbox } from '@backline/sandbox'
import { createAmplifyContext } from 'backline'
import { defineBackend, defineData, defineFunction } from 'backline/backend'
import { generateClient } from 'backline/data'
import { a, type ClientSchema } from 'backline/schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { heardOf } from './heard.fixture.js'

// Custom operations of an app through our typed client: functions, one of which has a client of its own, and JavaScript resolvers.

const folder = mkdtempSync(join(tmpdir(), 'backline-operations-'))
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
// Functions import `backline`, as an app's do.
symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(folder, 'node_modules'))

const CLIENT = `import { getAmplifyDataClientConfig } from '@aws-amplify/backend/function/runtime'
import { env } from '$amplify/env/any'
import { Amplify } from 'backline'
import { generateClient } from 'backline/data'
const { resourceConfig, libraryOptions } = await getAmplifyDataClientConfig(env)
Amplify.configure(resourceConfig, libraryOptions)
const client = generateClient()
`
const total = defineFunction({
  name: 'total',
  entry: file(
    'total.ts',
    `export const handler = async ({ arguments: { region, numbers = [] }, identity, info }) => {
  if (region === 'nowhere') throw new TypeError('no such region')
  return [{ region, sum: numbers.reduce((one, other) => one + other, 0), meta: { identity, asked: info.selectionSetList } }, null]
}`,
  ),
})
const report = defineFunction({
  name: 'report',
  entry: file(
    'report.ts',
    `${CLIENT}
export const handler = async ({ arguments: { to } }) => {
  const { data: orders } = await client.models.Order.list({ limit: 1000 })
  const { errors } = await client.models.Report.create({ to, count: orders.length })
  if (errors) throw new Error(errors[0].message)
}`,
  ),
})
/** Tries everything, whatever it is allowed, and says what came of it. */
const tries = (name: string) =>
  defineFunction({
    name,
    entry: file(
      `${name}.ts`,
      `${CLIENT}
const outcome = (work) => work.then(({ data, errors }) => (errors ? errors[0].errorType : Array.isArray(data) ? 'rows' : 'row'), (error) => error.name)
export const handler = async () => ({
  read: await outcome(client.models.Report.list()),
  written: await outcome(client.models.Report.create({ to: '${name}' })),
})`,
    ),
  })
const [reader, stranger] = [tries('reader'), tries('stranger')]

const schema = a
  .schema({
    Status: a.enum(['OPEN', 'PAID']),
    Sum: a.customType({ region: a.string().required(), sum: a.integer(), meta: a.json() }),
    Order: a
      .model({ number: a.integer().required(), status: a.ref('Status'), lines: a.hasMany('Line', 'orderId') })
      .authorization((allow) => [allow.publicApiKey()]),
    Line: a
      .model({ sku: a.string(), orderId: a.id(), order: a.belongsTo('Order', 'orderId') })
      .authorization((allow) => [allow.publicApiKey()]),
    Report: a
      .model({ to: a.string(), count: a.integer() })
      .authorization((allow) => [allow.publicApiKey().to(['read'])]),
    News: a.customType({ channel: a.string().required(), urgency: a.integer(), body: a.json() }),
    totalFor: a
      .query()
      .arguments({ region: a.string().required(), numbers: a.integer().array() })
      .returns(a.ref('Sum').array())
      .handler(a.handler.function(total)),
    sendReport: a
      .mutation()
      .arguments({ to: a.email().required() })
      .handler(a.handler.function(report).async()),
    mayRead: a.query().returns(a.json()).handler(a.handler.function(reader)),
    mayNothing: a.query().returns(a.json()).handler(a.handler.function(stranger)),
    pay: a
      .mutation()
      .arguments({ id: a.id().required() })
      .returns(a.ref('Order'))
      .handler(
        a.handler.custom({
          dataSource: a.ref('Order'),
          entry: file(
            'pay.js',
            `import { util } from '@aws-appsync/utils'
import { update } from '@aws-appsync/utils/dynamodb'
export const request = ({ args: { id } }) => update({ key: { id }, update: { status: 'PAID' }, condition: { id: { attributeExists: true } } })
export function response({ error, result }) {
  if (error) util.error('There is no such order.', 'NoSuchOrder', result, { asked: 'to pay' })
  return result
}`,
          ),
        }),
      ),
    greet: a
      .query()
      .arguments({ name: a.string() })
      .returns(a.string().array())
      .handler([
        a.handler.custom({
          entry: file(
            'greet.js',
            `import { runtime } from '@aws-appsync/utils'
export function request(ctx) {
  if (!ctx.args.name) runtime.earlyReturn(['nobody'], { skipTo: 'END' })
  ctx.stash.greeting = 'Hello'
  return { payload: ctx.args.name }
}
export const response = (ctx) => ctx.result`,
          ),
        }),
        a.handler.custom({
          entry: file(
            'address.js',
            `export const request = (ctx) => ({ payload: [ctx.stash.greeting, ctx.prev.result] })
export const response = (ctx) => ctx.result`,
          ),
        }),
      ]),
    announce: a
      .mutation()
      .arguments({ channel: a.string().required(), urgency: a.integer(), body: a.json() })
      .returns(a.ref('News'))
      .handler(
        a.handler.custom({
          entry: file(
            'announce.js',
            `import { extensions } from '@aws-appsync/utils'
export const request = ({ args }) => ({ payload: args })
export function response({ result }) {
  if (result.body === 'end') extensions.invalidateSubscriptions({ subscriptionField: 'onUrgent', payload: { channel: result.channel } })
  return result
}`,
          ),
        }),
      ),
    onAnnounced: a
      .subscription()
      .for(a.ref('announce'))
      .arguments({ channel: a.string() })
      .handler(
        a.handler.custom({
          entry: file(
            'onAnnounced.js',
            'export const request = () => ({ payload: null })\nexport const response = () => null',
          ),
        }),
      ),
    onUrgent: a
      .subscription()
      .for(a.ref('announce'))
      .arguments({ least: a.integer().required() })
      .handler(
        a.handler.custom({
          entry: file(
            'onUrgent.js',
            `import { extensions, util } from '@aws-appsync/utils'
export const request = () => ({ payload: null })
export function response({ args: { least } }) {
  if (least < 0) util.error('Nothing is less urgent than nothing.', 'NotUrgent')
  extensions.setSubscriptionFilter(util.transform.toSubscriptionFilter({ urgency: { ge: least } }))
  extensions.setSubscriptionInvalidationFilter(util.transform.toSubscriptionFilter({ channel: { eq: 'city' } }))
  return null
}`,
          ),
        }),
      ),
    onOrderSaved: a
      .subscription()
      .for([a.ref('Order').mutations(['create', 'update'])])
      .handler(
        a.handler.custom({
          entry: file(
            'onOrderSaved.js',
            'export const request = () => ({ payload: null })\nexport const response = () => null',
          ),
        }),
      ),
  })
  .authorization((allow) => [
    allow.publicApiKey(),
    allow.resource(report),
    allow.resource(reader).to(['query']),
  ])
type Schema = ClientSchema<typeof schema>

let sandbox: Sandbox
let client: ReturnType<typeof generateClient<Schema>>
beforeAll(async () => {
  sandbox = await startSandbox({
    backend: defineBackend({
      ...{ total, report, reader, stranger },
      data: defineData({
        schema,
        authorizationModes: {
          defaultAuthorizationMode: 'apiKey',
          apiKeyAuthorizationMode: { expiresInDays: 30 },
        },
      }),
    }),
  })
  client = generateClient<Schema>(
    {},
    createAmplifyContext(sandbox.outputs as Parameters<typeof createAmplifyContext>[0]),
  )
})
afterAll(async () => {
  await sandbox.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('a function answers a query, typed; what it throws is an error of the call', async () => {
  const { data, errors } = await client.queries.totalFor({ region: 'eu', numbers: [1, 2, 3] })
  expect(errors).toBeUndefined()
  const [sum, nothing] = data!
  expect(sum).toEqual({
    region: 'eu',
    sum: 6,
    meta: { identity: null, asked: ['region', 'sum', 'meta'] },
  })
  expect(nothing).toBeNull()
  expect(await client.queries.totalFor({ region: 'nowhere' })).toMatchObject({
    data: null,
    errors: [{ errorType: 'Lambda:Unhandled', message: 'no such region', path: ['totalFor'] }],
  })
  await expect(client.queries.totalFor({ region: 'nowhere' }).orThrow()).rejects.toMatchObject({
    errors: [{ errorType: 'Lambda:Unhandled' }],
  })
})

test('a function that is called and not waited for works on the data with a client of its own', async () => {
  for (const number of [1, 2]) await client.models.Order.create({ number }).orThrow()
  const reports = heardOf(client.models.Report.observeQuery())
  await reports.latest(({ isSynced }) => isSynced)
  expect((await client.mutations.sendReport({ to: 'ada@example.com' }).orThrow()).data).toEqual({
    success: true,
  })
  const { items } = await reports.latest((latest) => latest.items.length > 0)
  expect(items).toMatchObject([{ to: 'ada@example.com', count: 2 }])
  reports.stop()
  expect(await client.models.Report.create({ to: 'nobody' })).toMatchObject({
    data: null,
    errors: [{ errorType: 'Unauthorized' }],
  })
})

test('a function may do what allow.resource lets it do, and one that is not named nothing', async () => {
  expect((await client.queries.mayRead().orThrow()).data).toEqual({
    read: 'rows',
    written: 'UnauthorizedException',
  })
  expect((await client.queries.mayNothing().orThrow()).data).toEqual({
    read: 'UnauthorizedException',
    written: 'UnauthorizedException',
  })
})

test('a JavaScript resolver works on the table of a model, and gives a row with its relations', async () => {
  const { data: order } = await client.models.Order.create({ number: 7, status: 'OPEN' }).orThrow()
  await client.models.Line.create({ sku: 'pen', orderId: order!.id }).orThrow()
  const { data: paid } = await client.mutations.pay({ id: order!.id }).orThrow()
  expect(paid).toMatchObject({ number: 7, status: 'PAID' })
  expect((await paid!.lines()).data.map(({ sku }) => sku)).toEqual(['pen'])
  expect(await client.mutations.pay({ id: 'none' })).toMatchObject({
    data: null,
    errors: [
      { errorType: 'NoSuchOrder', message: 'There is no such order.', errorInfo: { asked: 'to pay' } },
    ],
  })
})

test('a pipeline hands on what it found, and may end early', async () => {
  expect((await client.queries.greet({ name: 'Ada' }).orThrow()).data).toEqual(['Hello', 'Ada'])
  expect((await client.queries.greet({}).orThrow()).data).toEqual(['nobody'])
})

test('subscriptions hear what their arguments or their resolver let through, and are ended by the backend', async () => {
  const city = heardOf(client.subscriptions.onAnnounced({ channel: 'city' }))
  const urgent = heardOf(client.subscriptions.onUrgent({ least: 5 }))
  const say = (channel: string, urgency: number) =>
    client.mutations.announce({ channel, urgency, body: { of: channel } }).orThrow()
  await city.after(() => say('city', 1))
  await urgent.after(() => say('land', 9))
  const heard = city.values.length
  await say('city', 7)
  await city.until(heard + 1)
  expect(city.values.at(-1)).toEqual({ channel: 'city', urgency: 7, body: { of: 'city' } })
  await urgent.latest((news) => news?.channel === 'city')
  expect(new Set(city.values.map((news) => news?.channel))).toEqual(new Set(['city']))
  expect(urgent.values.every((news) => news!.urgency! >= 5)).toBe(true)

  await expect(heardOf(client.subscriptions.onUrgent({ least: -1 })).until(1)).rejects.toMatchObject({
    errors: [{ errorType: 'NotUrgent', message: expect.stringContaining('less urgent than nothing') }],
  })
  await client.mutations.announce({ channel: 'city', body: 'end' }).orThrow()
  await urgent.ended
  city.stop()
})

test('a subscription to changes of a model gives rows with their relations', async () => {
  const { data: order } = await client.models.Order.create({ number: 8 }).orThrow()
  await client.models.Line.create({ sku: 'ink', orderId: order!.id }).orThrow()
  const saved = heardOf(client.subscriptions.onOrderSaved())
  const row = await saved.after(() => client.models.Order.update({ id: order!.id, status: 'PAID' }).orThrow())
  expect(row).toMatchObject({ id: order!.id, number: 8, status: 'PAID' })
  expect((await row!.lines()).data.map(({ sku }) => sku)).toEqual(['ink'])
  saved.stop()
})
