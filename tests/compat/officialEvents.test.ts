import type { Sandbox } from '@backline/sandbox'
import { Amplify } from 'aws-amplify'
import { getCurrentUser, signIn, signOut } from 'aws-amplify/auth'
import { events } from 'aws-amplify/data'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startApp } from './app.fixture.js'
import { fetchFrom, PlainWebSocket } from './redirect.fixture.js'
import { register } from './register.fixture.js'
import { PASSWORD } from './shop.fixture.js'

// The official `events` client, unmodified, on the Event API that Amplify's documentation shows:
// https://docs.amplify.aws/react/build-a-backend/data/connect-event-api/

const BACKEND = `import { defineBackend } from '@aws-amplify/backend';
import { auth } from './auth/resource';
import {
  CfnApi,
  CfnChannelNamespace,
  AuthorizationType,
} from 'aws-cdk-lib/aws-appsync';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';

const backend = defineBackend({
  auth,
});

const customResources = backend.createStack('custom-resources');

const cfnEventAPI = new CfnApi(customResources, 'CfnEventAPI', {
  name: 'my-event-api',
  eventConfig: {
    authProviders: [
      {
        authType: AuthorizationType.USER_POOL,
        cognitoConfig: {
          awsRegion: customResources.region,
          userPoolId: backend.auth.resources.userPool.userPoolId,
        },
      },
    ],
    connectionAuthModes: [{ authType: AuthorizationType.USER_POOL }],
    defaultPublishAuthModes: [{ authType: AuthorizationType.USER_POOL }],
    defaultSubscribeAuthModes: [{ authType: AuthorizationType.USER_POOL }],
  },
});

const namespace = new CfnChannelNamespace(
  customResources,
  'CfnEventAPINamespace',
  {
    apiId: cfnEventAPI.attrApiId,
    name: 'default',
  }
);

new CfnChannelNamespace(customResources, 'Moderated', {
  apiId: cfnEventAPI.attrApiId,
  name: 'moderated',
  codeHandlers: \`
import { util } from '@aws-appsync/utils'
export function onPublish(ctx) {
  return ctx.events.map((event) => {
    if (!event.payload.message) event.error = 'Message required'
    return { ...event, payload: { ...event.payload, message: String(event.payload.message).toUpperCase() } }
  })
}
export function onSubscribe(ctx) {
  const requested = ctx.info.channel.path
  if (requested !== '/moderated/inbox/' + ctx.identity.username) util.unauthorized()
}
\`,
});

backend.auth.resources.authenticatedUserIamRole.attachInlinePolicy(
  new Policy(customResources, 'AppSyncEventPolicy', {
    statements: [
      new PolicyStatement({
        actions: [
          'appsync:EventConnect',
          'appsync:EventSubscribe',
          'appsync:EventPublish',
        ],
        resources: [\`\${cfnEventAPI.attrApiArn}/*\`, \`\${cfnEventAPI.attrApiArn}\`],
      }),
    ],
  })
);

backend.addOutput({
  custom: {
    events: {
      url: \`https://\${cfnEventAPI.getAtt('Dns.Http').toString()}/event\`,
      aws_region: customResources.region,
      default_authorization_type: AuthorizationType.USER_POOL,
    },
  },
});
`
const AUTH = `import { defineAuth } from '@aws-amplify/backend';
export const auth = defineAuth({ loginWith: { email: true } });
`
const ADA = 'ada@example.com'
let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startApp({ 'backend.ts': BACKEND, 'auth/resource.ts': AUTH })
  vi.stubGlobal('fetch', fetchFrom(sandbox))
  vi.stubGlobal('WebSocket', PlainWebSocket)
  Amplify.configure(sandbox.outputs as Parameters<typeof Amplify.configure>[0])
  await register(sandbox, ADA)
})
afterAll(async () => {
  // Once, on a busy machine, it never came back; what it has not closed ends with the sandbox.
  void events.closeAll()
  await signOut()
  vi.unstubAllGlobals()
  await sandbox.stop()
})

test('a stranger may neither post nor connect', async () => {
  await expect(events.post('default/channel', { some: 'data' })).rejects.toThrow()
  await expect(events.connect('default/channel')).rejects.toThrow()
})

test('whoever is signed in posts, and hears what is posted and published', async () => {
  await signIn({ username: ADA, password: PASSWORD })
  const heard: [who: string, event: unknown][] = []
  const channel = await events.connect('default/channel')
  const all = await events.connect('default/*')
  await all.subscribe({
    next: ({ event }) => heard.push(['all', event]),
    error: (error) => heard.push(['error', error]),
  }).ready
  await channel.subscribe({
    next: ({ event }) => heard.push(['one', event]),
    error: (error) => heard.push(['error', error]),
  }).ready
  expect(await events.post('default/channel', { some: 'data' })).toBeUndefined()
  await expect.poll(() => heard).toHaveLength(2)
  expect(heard).toContainEqual(['one', { some: 'data' }])
  expect(heard).toContainEqual(['all', { some: 'data' }])

  heard.length = 0
  await channel.publish([1, 'two', null])
  await expect.poll(() => heard).toHaveLength(6)
  expect(heard.filter(([who]) => who === 'one')).toEqual([
    ['one', 1],
    ['one', 'two'],
    ['one', null],
  ])
  channel.close()
  all.close()
})

test('a mode that the API does not take, and too many events at once, are refused', async () => {
  // The API of the sample takes no signatures.
  await expect(events.post('default/channel', 1, { authMode: 'identityPool' })).rejects.toThrow()
  await expect(events.post('default/channel', [1, 2, 3, 4, 5, 6])).rejects.toThrow()
})

test('handlers of a namespace change what is published, and let everybody hear his own inbox alone', async () => {
  const { userId } = await getCurrentUser()
  const heard: unknown[] = []
  const inbox = await events.connect(`moderated/inbox/${userId}`)
  await inbox.subscribe({ next: ({ event }) => heard.push(event), error: (error) => heard.push(error) }).ready
  const failed = await events.post(`moderated/inbox/${userId}`, [{ message: 'hi' }, { text: 'no message' }])
  expect(failed).toMatchObject([{ index: 1, message: 'Message required' }])
  await expect.poll(() => heard).toEqual([{ message: 'HI' }])
  const other = await events.connect('moderated/inbox/somebody')
  await expect(other.subscribe({ next() {}, error() {} }).ready).rejects.toBeDefined()
  inbox.close()
  other.close()
})
