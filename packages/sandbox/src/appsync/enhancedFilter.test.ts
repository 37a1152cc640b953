import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { a } from '@backline/schema'
import { defineAuth, defineBackend, defineData } from '@backline/schema/backend'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../sandbox.js'
import { connect } from './socket.fixture.js'
import { speakTo } from './stage.fixture.js'

// Filters as a subscription's resolver sets them, right and wrong: each caller brings his own here.

const folder = mkdtempSync(join(tmpdir(), 'backline-filters-'))
const code = (name: string, text: string) => {
  writeFileSync(join(folder, name), text)
  return a.handler.custom({ entry: join(folder, name) })
}
const schema = a.schema({
  Visit: a.model({ on: a.date() }).authorization((allow) => [allow.publicApiKey()]),
  Place: a.customType({ name: a.string(), size: a.integer(), tags: a.string().array(), at: a.json() }),
  found: a
    .mutation()
    .arguments({ place: a.json().required() })
    .returns(a.ref('Place'))
    .handler(
      code(
        'found.js',
        'export const request = (ctx) => ({ payload: ctx.args.place })\nexport const response = (ctx) => ctx.result',
      ),
    )
    .authorization((allow) => [allow.publicApiKey()]),
  onFound: a
    .subscription()
    .for(a.ref('found'))
    .arguments({ filter: a.json() })
    .handler(
      code(
        'onFound.js',
        `import { extensions } from '@aws-appsync/utils'
export const request = () => ({ payload: null })
export function response(ctx) {
  extensions.setSubscriptionFilter(ctx.args.filter)
  return null
}`,
      ),
    )
    .authorization((allow) => [allow.publicApiKey()]),
})
let sandbox: Sandbox
let stage: ReturnType<typeof speakTo>

beforeAll(async () => {
  sandbox = await startSandbox({
    backend: defineBackend({
      auth: defineAuth({ loginWith: { email: true } }),
      data: defineData({
        schema,
        authorizationModes: {
          defaultAuthorizationMode: 'apiKey',
          apiKeyAuthorizationMode: { expiresInDays: 30 },
        },
      }),
    }),
  })
  stage = speakTo(sandbox)
})
afterAll(async () => {
  await sandbox.stop()
  rmSync(folder, { recursive: true, force: true })
})

const SUBSCRIBE = 'subscription ($filter: AWSJSON) { onFound(filter: $filter) { name } }'
const listen = async (filters: object[]) => {
  const client = await connect(stage.outputs.url, stage.withKey)
  await client.next('connection_ack')
  for (const [i, filter] of filters.entries())
    client.begin(String(i), SUBSCRIBE, { filter: JSON.stringify(filter) })
  return client
}
const find = (place: object) =>
  stage.ask('mutation ($place: AWSJSON!) { found(place: $place) { name size tags } }', {
    place: JSON.stringify({ name: 'Rome', size: 3, tags: ['old', 'warm'], ...place }),
  })
const one = (fieldName: unknown, operator: string, value: unknown) => ({ fieldName, operator, value })
const group = (...filters: object[]) => ({ filterGroup: [{ filters }] })

test.each([
  ['eq', 'name', 'Rome', 'Paris'],
  ['ne', 'name', 'Paris', 'Rome'],
  ['lt', 'size', 4, 3],
  ['le', 'size', 3, 2],
  ['gt', 'size', 2, 3],
  ['ge', 'size', 3, 4],
  ['between', 'size', [3, 5], [4, 5]],
  ['beginsWith', 'name', 'Ro', 'om'],
  ['contains', 'name', 'om', 'Ro.e'],
  ['contains', 'tags', 'old', 'ol'],
  ['notContains', 'tags', 'new', 'old'],
  ['containsAny', 'tags', ['new', 'warm'], ['new']],
  ['in', 'name', ['Rome', 'Oslo'], ['Oslo']],
  ['notIn', 'name', ['Oslo'], ['Rome']],
])('%s lets through what fits it: %s', async (operator, fieldName, fitting, other) => {
  const client = await listen([
    group(one(fieldName, operator, other)),
    group(one(fieldName, operator, fitting), one('size', 'eq', 4)),
    { filterGroup: [{ filters: [one('size', 'eq', 4)] }, { filters: [one(fieldName, operator, fitting)] }] },
    group(one(fieldName, operator, fitting)),
  ])
  for (const id of ['0', '1', '2', '3']) await client.next('start_ack', id)
  expect((await find({})).errors).toBeUndefined()
  // Whoever comes last closes the row: nobody before who should not.
  await client.next('data', '3')
  expect(client.received.filter(({ type }) => type === 'data').map(({ id }) => id)).toEqual(['2'])
  client.socket.close()
})

test.each<[object, RegExp]>([
  [{}, /needs a filterGroup/],
  [{ filterGroup: [null] }, /group of a subscription filter needs a list of filters/],
  [{ filterGroup: [{ filters: 'all' }] }, /group of a subscription filter needs a list of filters/],
  [group(one(undefined, 'eq', 1)), /needs a fieldName/],
  [group(one('name', 'toString', 1)), /has no operator toString/],
  [group(one('name', 'like', 'R%')), /has no operator like/],
  [group(one('name', 'in', [1, 2, 3, 4, 5, 6])), /exceeds maximum value limit 5 for operator `in`/],
  [{ filterGroup: Array.from({ length: 11 }, () => ({ filters: [] })) }, /at most 10 groups/],
  [
    group(...['a', 'b', 'c', 'd', 'e', 'f'].map((name) => one(name, 'eq', 1))),
    /exceed maximum attributes limit 5/,
  ],
])('a filter that cannot be meant ends its subscription, and no mutation: %j', async (filter, message) => {
  const client = await listen([filter])
  expect((await client.next('error', '0')).payload.errors).toMatchObject([
    { errorType: 'BadRequestException', message: expect.stringMatching(message) },
  ])
  expect((await find({})).data.found).toEqual({ name: 'Rome', size: 3, tags: ['old', 'warm'] })
  client.socket.close()
})
