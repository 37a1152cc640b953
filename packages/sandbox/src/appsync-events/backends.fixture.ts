import { join } from 'node:path'
import { afterEach } from 'vitest'
import { appWith } from '../amplify.fixture.js'
import { headerProtocol, openSocket } from '../appsync/socket.fixture.js'
import type { Headers } from '../appsync/stage.fixture.js'
import { type Sandbox, startSandbox } from '../sandbox.js'

// A plain client of the protocol, written from its page, on backends that are written as Amplify's documentation writes them.

const sandboxes: Sandbox[] = []
afterEach(async () => {
  for (const sandbox of sandboxes.splice(0)) await sandbox.stop()
})

export const HEAD = `import { defineAuth, defineBackend, defineFunction } from '@aws-amplify/backend'
import { AuthorizationType, CfnApi, CfnApiKey, CfnChannelNamespace, EventApi, AppSyncAuthorizationType } from 'aws-cdk-lib/aws-appsync'
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam'
const backend = defineBackend({ auth: defineAuth({ loginWith: { email: true }, groups: ['ADMINS'] }) })
const stack = backend.createStack('events')
`
/** Every mode that needs nothing outside; \`rooms\` for signed-in users alone, \`news\` published by an administrator only. */
export const MODES = `${HEAD}
const of = (...types) => types.map((authType) => ({ authType }))
const { API_KEY, USER_POOL, IAM } = AuthorizationType
const api = new CfnApi(stack, 'Events', { name: 'events', eventConfig: {
  authProviders: [{ authType: API_KEY }, { authType: IAM }, { authType: USER_POOL, cognitoConfig: { awsRegion: stack.region, userPoolId: backend.auth.resources.userPool.userPoolId } }],
  connectionAuthModes: of(API_KEY, USER_POOL, IAM), defaultPublishAuthModes: of(API_KEY), defaultSubscribeAuthModes: of(API_KEY, USER_POOL, IAM),
} })
new CfnChannelNamespace(stack, 'Default', { apiId: api.attrApiId, name: 'default' })
new CfnChannelNamespace(stack, 'Rooms', { apiId: api.attrApiId, name: 'rooms', publishAuthModes: of(USER_POOL), subscribeAuthModes: of(USER_POOL) })
new CfnChannelNamespace(stack, 'News', { apiId: api.attrApiId, name: 'news', publishAuthModes: of(IAM) })
const key = new CfnApiKey(stack, 'Key', { apiId: api.attrApiId })
const allow = (id, actions, resources) => new Policy(stack, id, { statements: [new PolicyStatement({ actions, resources })] })
const reading = allow('Read', ['appsync:EventConnect', 'appsync:EventSubscribe'], [api.attrApiArn, \`\${api.attrApiArn}/*\`])
backend.auth.resources.authenticatedUserIamRole.attachInlinePolicy(reading)
backend.auth.resources.unauthenticatedUserIamRole.attachInlinePolicy(reading)
backend.auth.resources.groups['ADMINS'].role.attachInlinePolicy(allow('Write', ['appsync:Event*'], [\`\${api.attrApiArn}*\`]))
backend.addOutput({ custom: { events: { url: \`https://\${api.getAtt('Dns.Http').toString()}/event\`, aws_region: stack.region, default_authorization_type: API_KEY, api_key: key.attrApiKey } } })
`

export interface EventOutputs {
  url: string
  aws_region: string
  default_authorization_type: string
  api_key: string
}

export async function start(source: string, more: Record<string, string> = {}) {
  const sandbox = await startSandbox({
    backend: join(appWith({ 'amplify/backend.ts': source, ...more }), 'amplify'),
  })
  sandboxes.push(sandbox)
  const outputs = (sandbox.outputs.custom as { events: EventOutputs }).events
  const { host } = new URL(outputs.url)

  async function publish(body: unknown, headers: Headers, url = outputs.url) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    return { status: response.status, body: (await response.json()) as any }
  }
  async function connect(as: Headers, url = outputs.url) {
    const opened = await openSocket(`${url.replace('http', 'ws')}/realtime`, [
      'aws-appsync-event-ws',
      headerProtocol({ host, ...as }),
    ])
    opened.send({ type: 'connection_init' })
    return {
      ...opened,
      subscribe: (id: string, channel: string, authorization: Headers = as) =>
        opened.send({ type: 'subscribe', id, channel, authorization: { host, ...authorization } }),
    }
  }
  return { sandbox, outputs, publish, connect, withKey: { 'x-api-key': outputs.api_key } }
}

export const texts = (...events: unknown[]) => events.map((each) => JSON.stringify(each))
