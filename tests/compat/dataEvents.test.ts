import { createAmplifyContext } from '@backline/core'
import { type EventsChannel, events, type ReceivedEvent } from '@backline/data'
import type { Sandbox } from '@backline/sandbox'
import { signIn } from 'backline/auth'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp } from './app.fixture.js'
import { register } from './register.fixture.js'
import { PASSWORD } from './shop.fixture.js'

// Our `events` on the sandbox's Event API, defined as Amplify's documentation has it, in every mode that needs nothing outside.

/** Of a namespace: names who speaks, drops what is spam, and lets nobody listen deeper than one level. */
const CODE = `import { util } from '@aws-appsync/utils'
export function onPublish(ctx) {
  if (ctx.info.channel.path.endsWith('/closed')) util.unauthorized()
  return ctx.events.filter(({ payload }) => payload !== 'spam').map((event) => event.payload === 'rude' ? { ...event, error: 'Mind your words.' } : { ...event, payload: { said: event.payload, by: ctx.identity ? ctx.identity.username : null } })
}
export function onSubscribe(ctx) {
  if (ctx.info.channel.segments.length > 2) util.unauthorized()
}`
const BACKEND = `import { defineAuth, defineBackend } from '@aws-amplify/backend'
import { AuthorizationType, CfnApi, CfnApiKey, CfnChannelNamespace } from 'aws-cdk-lib/aws-appsync'
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam'
const backend = defineBackend({ auth: defineAuth({ loginWith: { email: true } }) })
const stack = backend.createStack('events')
const { API_KEY, USER_POOL, IAM } = AuthorizationType
const of = (...types) => types.map((authType) => ({ authType }))
const api = new CfnApi(stack, 'Events', { name: 'events', eventConfig: {
  authProviders: [{ authType: API_KEY }, { authType: IAM }, { authType: USER_POOL, cognitoConfig: { awsRegion: stack.region, userPoolId: backend.auth.resources.userPool.userPoolId } }],
  connectionAuthModes: of(API_KEY, USER_POOL, IAM), defaultPublishAuthModes: of(API_KEY, USER_POOL, IAM), defaultSubscribeAuthModes: of(API_KEY, USER_POOL, IAM),
} })
new CfnChannelNamespace(stack, 'Default', { apiId: api.attrApiId, name: 'default' })
new CfnChannelNamespace(stack, 'Rooms', { apiId: api.attrApiId, name: 'rooms', subscribeAuthModes: of(USER_POOL) })
new CfnChannelNamespace(stack, 'Polite', { apiId: api.attrApiId, name: 'polite', codeHandlers: ${JSON.stringify(CODE)} })
const key = new CfnApiKey(stack, 'Key', { apiId: api.attrApiId })
backend.auth.resources.unauthenticatedUserIamRole.attachInlinePolicy(new Policy(stack, 'Guests', { statements: [
  new PolicyStatement({ actions: ['appsync:Event*'], resources: [api.attrApiArn, \`\${api.attrApiArn}/*\`] }),
] }))
backend.addOutput({ custom: { events: { url: \`https://\${api.getAtt('Dns.Http').toString()}/event\`, aws_region: stack.region, default_authorization_type: API_KEY, api_key: key.attrApiKey } } })
`
const ADA = 'ada@example.com'
let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startApp({ 'backend.ts': BACKEND })
  await register(sandbox, ADA)
})
afterAll(() => sandbox.stop())

const connect = () => createAmplifyContext(sandbox.outputs as Parameters<typeof createAmplifyContext>[0])

async function ada() {
  const ctx = connect()
  await signIn({ username: ADA, password: PASSWORD }, ctx)
  return ctx
}

/** All that a channel says, and a promise for so many events of it. */
async function listen(channel: EventsChannel) {
  const heard: unknown[] = []
  let check = () => {}
  const subscription = channel.subscribe({
    next: ({ event }: ReceivedEvent) => {
      heard.push(event)
      check()
    },
    error: (error) => heard.push(error),
  })
  await subscription.ready
  const until = (count: number) =>
    new Promise<unknown[]>((resolve) => {
      check = () => heard.length >= count && resolve(heard)
      check()
    })
  return { until, subscription }
}

test.each([
  ['an API key', 'apiKey', async () => connect()],
  ['a guest', 'iam', async () => connect()],
  ['a user', 'userPool', ada],
] as const)(
  '%s hears what is posted and published, five at a time, below a wildcard too',
  async (_, authMode, who) => {
    const ctx = await who()
    const channel = await events.connect('default/room', { authMode }, ctx)
    const all = await events.connect('default/*', { authMode }, ctx)
    const [one, every] = [await listen(channel), await listen(all)]
    expect(await channel.publish([1, 2, 3, 4, 5, 6, 7], { authMode })).toBeUndefined()
    expect(await events.post('default/room', [{ text: 'hi' }], { authMode }, ctx)).toBeUndefined()
    await events.post('default/other', 'elsewhere', { authMode }, ctx)
    expect(await one.until(8)).toEqual([1, 2, 3, 4, 5, 6, 7, { text: 'hi' }])
    expect(await every.until(9)).toHaveLength(9)
    await events.closeAll(ctx)
  },
)

test('a dropped socket costs no subscription', async () => {
  const ctx = connect()
  const channel = await events.connect('default/room', {}, ctx)
  const { until } = await listen(channel)
  const again = new Promise<void>((resolve) => {
    const stop = ctx.events.listen('api', ({ payload }) => {
      if ((payload.data as { connectionState?: string })?.connectionState !== 'Connecting') return
      stop()
      resolve()
    })
  })
  sandbox.dropSockets()
  await again
  // Published on the new connection, so behind the subscription that was renewed first.
  await channel.publish('back')
  expect(await until(1)).toEqual(['back'])
  await events.closeAll(ctx)
})

test('who may not subscribe is told, and the channel lives on', async () => {
  const ctx = connect()
  const channel = await events.connect('rooms/one', {}, ctx)
  const refused = channel.subscribe({ next() {}, error() {} })
  await expect(refused.ready).rejects.toMatchObject({ name: expect.stringMatching(/Unauthorized/) })
  expect(await channel.publish('still here')).toBeUndefined()
  await expect(events.post('nowhere/x', 1, {}, ctx)).rejects.toMatchObject({ name: 'BadRequestException' })
  await expect(events.connect('default/x', { apiKey: 'da2-wrong' }, ctx)).rejects.toMatchObject({
    name: expect.stringMatching(/Unauthorized/),
  })
  await events.closeAll(ctx)
})

test('the code of a namespace changes, drops and refuses what is published, and whoever listens', async () => {
  const [ctx, stranger] = [await ada(), connect()]
  const channel = await events.connect('polite/room', { authMode: 'userPool' }, ctx)
  const { until } = await listen(channel)
  expect(await channel.publish(['hello', 'spam', 'rude'], { authMode: 'userPool' })).toEqual([
    { identifier: expect.any(String), index: 2, code: 400, message: 'Mind your words.' },
  ])
  expect(await events.post('polite/room', ['by HTTP', 'rude'], {}, stranger)).toMatchObject([{ index: 1 }])
  const [one, other] = (await until(2)) as { said: string; by: string | null }[]
  expect([one, other]).toEqual([
    { said: 'hello', by: expect.any(String) },
    { said: 'by HTTP', by: null },
  ])
  await expect(events.post('polite/closed', 1, {}, stranger)).rejects.toMatchObject({
    name: 'UnauthorizedException',
  })
  const deep = await events.connect('polite/room/deep', {}, stranger)
  await expect(deep.subscribe({ next() {}, error() {} }).ready).rejects.toMatchObject({
    name: expect.stringMatching(/Unauthorized/),
  })
  for (const each of [ctx, stranger]) await events.closeAll(each)
})
