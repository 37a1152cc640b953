import { generateKeyPairSync, sign } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Sandbox } from '@backline/sandbox'
import { createAmplifyContext } from 'backline'
import { events, generateClient } from 'backline/data'
import { a, type ClientSchema } from 'backline/schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp } from './app.fixture.js'
import { heardOf } from './heard.fixture.js'

// Our client in the modes where somebody else says who calls: an issuer of OpenID Connect, and a Lambda authorizer. Requests and
// subscriptions, against a backend written as Amplify's documentation writes it.

const schema = a.schema({
  Note: a
    .model({ text: a.string(), secret: a.string(), owner: a.string() })
    .authorization((allow) => [allow.owner('oidc').identityClaim('sub'), allow.custom()]),
})
type Schema = ClientSchema<typeof schema>

const backend = (
  issuer: string,
) => `import { a, defineBackend, defineData, defineFunction } from '@aws-amplify/backend'
import { AuthorizationType, CfnApi, CfnChannelNamespace } from 'aws-cdk-lib/aws-appsync'
const gate = defineFunction({ entry: './gate.ts' })
const schema = a.schema({
  Note: a.model({ text: a.string(), secret: a.string(), owner: a.string() }).authorization((allow) => [allow.owner('oidc').identityClaim('sub'), allow.custom()]),
})
const backend = defineBackend({ gate, data: defineData({ schema, authorizationModes: {
  defaultAuthorizationMode: 'oidc',
  oidcAuthorizationMode: { oidcProviderName: 'house', oidcIssuerUrl: '${issuer}', clientId: 'app', tokenExpiryFromAuthInSeconds: 0, tokenExpireFromIssueInSeconds: 0 },
  lambdaAuthorizationMode: { function: gate, timeToLiveInSeconds: 0 },
} }) })
const stack = backend.createStack('events')
const { OIDC, LAMBDA } = AuthorizationType
const modes = [OIDC, LAMBDA].map((authType) => ({ authType }))
const api = new CfnApi(stack, 'Events', { name: 'events', eventConfig: {
  authProviders: [{ authType: OIDC, openIdConnectConfig: { issuer: '${issuer}', clientId: 'app' } }, { authType: LAMBDA, lambdaAuthorizerConfig: { authorizerUri: backend.gate.resources.lambda.functionArn } }],
  connectionAuthModes: modes, defaultPublishAuthModes: modes, defaultSubscribeAuthModes: modes,
} })
new CfnChannelNamespace(stack, 'Default', { apiId: api.attrApiId, name: 'default' })
backend.addOutput({ custom: { events: { url: \`https://\${api.getAtt('Dns.Http').toString()}/event\`, aws_region: stack.region, default_authorization_type: OIDC } } })`
const GATE = `export const handler = async ({ authorizationToken, requestContext }) => ({
  isAuthorized: /^open (sesame|barley)$/.test(authorizationToken) && typeof requestContext.apiId === 'string',
  deniedFields: authorizationToken === 'open barley' ? ['Note.secret', 'Mutation.deleteNote', 'Subscription.onDeleteNote'] : [],
})`

let sandbox: Sandbox
const issuer = house()
beforeAll(async () => {
  sandbox = await startApp({ 'backend.ts': backend(await issuer.url), 'gate.ts': GATE })
})
afterAll(async () => {
  await sandbox.stop()
  issuer.stop()
})

/** An issuer of OpenID Connect. */
function house() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'RS256' }]
  const server = createServer((request, response) => {
    const at = `http://${request.headers.host}`
    response.end(JSON.stringify(request.url === '/keys' ? { keys } : { issuer: at, jwks_uri: `${at}/keys` }))
  })
  const url = new Promise<string>((resolve) =>
    server.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    ),
  )
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return {
    url,
    /** Good for an hour from then, by the sandbox's clock. */
    async token(sub: string, now: number) {
      const iat = Math.floor(now / 1000)
      const claims = { iss: await url, sub, aud: 'app', iat, exp: iat + 3600 }
      const signed = `${part({ alg: 'RS256', kid: 'k' })}.${part(claims)}`
      return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url')}`
    },
    stop: () => server.close(),
  }
}

type Outputs = Parameters<typeof createAmplifyContext>[0]

/** Somebody whose tokens come from the house, and the tokens that he has asked for. */
function person(sub: string) {
  const asked: boolean[] = []
  let current: Promise<string> | undefined
  const getTokens = async ({ forceRefresh = false }: { forceRefresh?: boolean } = {}) => {
    asked.push(forceRefresh)
    if (forceRefresh) current = undefined
    current ??= issuer.token(sub, sandbox.clock.now())
    const token = await current
    const payload = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString())
    return { accessToken: { payload, toString: () => token } }
  }
  const ctx = createAmplifyContext(sandbox.outputs as Outputs, { Auth: { tokenProvider: { getTokens } } })
  return { ctx, client: generateClient<Schema>({}, ctx), asked }
}

test('with tokens of an issuer of OpenID Connect, everybody has what is his, and hears of it', async () => {
  const [ada, grace] = [person('ada'), person('grace')]
  const { data } = await ada.client.models.Note.create({ text: 'of ada' }, { authMode: 'oidc' }).orThrow()
  expect(data).toMatchObject({ text: 'of ada', owner: 'ada' })
  const notes = heardOf(ada.client.models.Note.onUpdate())
  const { data: theirs } = await grace.client.models.Note.create({ text: 'of grace' }).orThrow()
  await notes.after(async () => {
    await grace.client.models.Note.update({ id: theirs!.id, text: 'still of grace' }).orThrow()
    await ada.client.models.Note.update({ id: data!.id, text: 'still of ada' }).orThrow()
  })
  expect(new Set(notes.values.map(({ text }) => text))).toEqual(new Set(['still of ada']))
  expect((await ada.client.models.Note.list()).data.map(({ text }) => text)).toEqual(['still of ada'])
  expect(await grace.client.models.Note.get({ id: data!.id })).toMatchObject({
    data: null,
    errors: [{ errorType: 'Unauthorized' }],
  })
  expect(ada.asked).not.toContain(true)
  notes.stop()
})

test('a token of another issuer that has expired is asked for anew, by requests and by what listens', async () => {
  const ada = person('ada')
  const news = heardOf(ada.client.models.Note.onUpdate())
  const live = heardOf(ada.client.models.Note.observeQuery())
  const { data } = await ada.client.models.Note.create({ text: 'before' }).orThrow()
  await news.after(() => ada.client.models.Note.update({ id: data!.id, text: 'early' }).orThrow())
  sandbox.clock.advance(2 * 3_600_000)
  await ada.client.models.Note.update({ id: data!.id, text: 'after' }).orThrow()
  expect(ada.asked).toContain(true)
  await news.latest(({ text }) => text === 'after')

  sandbox.clock.advance(2 * 3_600_000)
  ada.asked.length = 0
  sandbox.dropSockets()
  await expect.poll(() => ada.asked.includes(true), { timeout: 10_000 }).toBe(true)
  await ada.client.models.Note.update({ id: data!.id, text: 'much later' }).orThrow()
  await live.latest(({ items, isSynced }) => isSynced && items.some(({ text }) => text === 'much later'))
  for (const each of [news, live]) each.stop()
})

test('with a Lambda authorizer, the token that is given opens, and what it denies is denied', async () => {
  const as = (authToken?: string | (() => string)) =>
    generateClient<Schema>(
      { authMode: 'lambda', ...(authToken ? { authToken } : {}) },
      createAmplifyContext(sandbox.outputs as Outputs),
    )
  const client = as('open sesame')
  const { data } = await client.models.Note.create({ text: 'cave', secret: 'gold' }).orThrow()
  const notes = heardOf(client.models.Note.onCreate())
  expect(
    await notes.after(() => client.models.Note.create({ text: 'x', secret: 'ore' }).orThrow()),
  ).toMatchObject({
    secret: 'ore',
  })
  notes.stop()

  const barley = as(() => 'open barley')
  expect(await barley.models.Note.get({ id: data!.id })).toMatchObject({
    data: { text: 'cave', secret: null },
    errors: [{ errorType: 'Unauthorized', path: ['getNote', 'secret'] }],
  })
  expect(await barley.models.Note.delete({ id: data!.id })).toMatchObject({
    data: null,
    errors: [{ errorType: 'Unauthorized' }],
  })
  await expect(heardOf(barley.models.Note.onDelete()).until(1)).rejects.toMatchObject({
    errors: [{ errorType: 'Unauthorized' }],
  })

  // By call, too; and whoever has no token, or a wrong one, is told.
  const other = person('ada').client
  expect(
    (await other.models.Note.get({ id: data!.id }, { authMode: 'lambda', authToken: 'open sesame' })).data,
  ).toMatchObject({ text: 'cave' })
  expect(await as('open wheat').models.Note.list()).toMatchObject({
    errors: [{ errorType: 'UnauthorizedException' }],
  })
  await expect(as().models.Note.list()).rejects.toMatchObject({ name: 'NoAuthorizationHeader' })
})

test('channels of events open to both, and stay shut to others', async () => {
  const { ctx } = person('ada')
  for (const options of [
    { authMode: 'oidc' },
    { authMode: 'lambda', authToken: 'open sesame' },
    { authMode: 'lambda', authToken: () => 'open sesame' },
  ] as const) {
    const channel = await events.connect('default/room', options, ctx)
    let hear = (_: unknown) => {}
    const heard = new Promise((resolve) => (hear = resolve))
    await channel.subscribe({ next: ({ event }) => hear(event), error: hear }, options).ready
    expect(await channel.publish({ by: options.authMode }, options)).toBeUndefined()
    expect(await heard).toEqual({ by: options.authMode })
    expect(await events.post('default/room', 'posted', options, ctx)).toBeUndefined()
    await events.closeAll(ctx)
  }
  const wrong = { authMode: 'lambda', authToken: 'open wheat' } as const
  const refused = { name: expect.stringMatching(/^Unauthorized/) }
  await expect(events.connect('default/room', wrong, ctx)).rejects.toMatchObject(refused)
  await expect(events.post('default/room', 1, wrong, ctx)).rejects.toMatchObject(refused)
  const keyed = { authMode: 'apiKey', apiKey: 'da2-none' } as const
  await expect(events.post('default/room', 1, keyed, ctx)).rejects.toMatchObject(refused)
})
