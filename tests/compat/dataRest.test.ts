import type { Sandbox } from '@backline/sandbox'
import { createAmplifyContext } from 'backline'
import { ApiError, del, get, head, isCancelError, patch, post, put } from 'backline/api'
import { fetchAuthSession, signIn } from 'backline/auth'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp } from './app.fixture.js'
import { register } from './register.fixture.js'
import { PASSWORD } from './shop.fixture.js'

// Our REST client on APIs over functions, defined as Amplify's documentation has them.

const BACKEND = `import { defineAuth, defineBackend, defineFunction } from '@aws-amplify/backend'
import { ApiKeySourceType, AuthorizationType, CognitoUserPoolsAuthorizer, LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway'
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam'
const echo = defineFunction({ name: 'echo', entry: './echo.ts' })
const backend = defineBackend({ auth: defineAuth({ loginWith: { email: true } }), echo })
const stack = backend.createStack('api')
const integration = new LambdaIntegration(backend.echo.resources.lambda)
const rest = new RestApi(stack, 'Rest', { restApiName: 'rest', deployOptions: { stageName: 'dev' }, defaultMethodOptions: { authorizationType: AuthorizationType.IAM } })
rest.root.addResource('items').addProxy({ anyMethod: true, defaultIntegration: integration })
const authorizer = new CognitoUserPoolsAuthorizer(stack, 'Users', { cognitoUserPools: [backend.auth.resources.userPool] })
rest.root.addResource('mine').addMethod('GET', integration, { authorizationType: AuthorizationType.COGNITO, authorizer })
rest.root.addResource('counted').addMethod('GET', integration, { authorizationType: AuthorizationType.NONE, apiKeyRequired: true })
rest.addApiKey('Key', { value: 'a-key-of-twenty-letters' })
const http = new HttpApi(stack, 'Http', { apiName: 'http' })
http.addRoutes({ path: '/open', methods: [HttpMethod.GET], integration: new HttpLambdaIntegration('Open', backend.echo.resources.lambda), authorizer: new HttpIamAuthorizer() })
const allow = (id, resources) => new Policy(stack, id, { statements: [new PolicyStatement({ actions: ['execute-api:Invoke'], resources })] })
backend.auth.resources.authenticatedUserIamRole.attachInlinePolicy(allow('Users', [rest.arnForExecuteApi('*', '/items/*', 'dev')]))
backend.auth.resources.unauthenticatedUserIamRole.attachInlinePolicy(allow('Guests', [http.arnForExecuteApi('*', '/open')]))
backend.addOutput({ custom: { API: { rest: { endpoint: rest.url, region: stack.region }, http: { endpoint: http.url, region: stack.region } } } })
`
const ECHO = `export const handler = async (event) => {
  const { status } = event.queryStringParameters ?? {}
  if (status === 'never') await new Promise(() => setInterval(() => {}, 1000))
  return {
    statusCode: Number(status ?? 200),
    headers: { 'x-method': event.httpMethod ?? event.requestContext.http.method },
    body: JSON.stringify({ body: event.body && JSON.parse(event.body), own: event.headers['x-own'], sub: event.requestContext.authorizer?.claims?.sub ?? null }),
  }
}`
const ADA = 'ada@example.com'
type Ctx = ReturnType<typeof createAmplifyContext>

let sandbox: Sandbox
let guest: Ctx
let ada: Ctx
beforeAll(async () => {
  sandbox = await startApp({ 'backend.ts': BACKEND, 'echo.ts': ECHO })
  await register(sandbox, ADA)
  guest = device()
  ada = device()
  await signIn({ username: ADA, password: PASSWORD }, ada)
})
afterAll(() => sandbox.stop())

/** As an app does it: REST APIs are no section of the outputs of their own. */
function device(): Ctx {
  const { config } = createAmplifyContext(sandbox.outputs)
  const { API: REST } = sandbox.outputs.custom as {
    API: Record<string, { endpoint: string; region: string }>
  }
  return createAmplifyContext({ ...config, API: { ...config.API, REST } })
}

const refusal = (operation: { response: Promise<unknown> }): Promise<ApiError> =>
  operation.response.then(
    () => expect.unreachable(),
    (error) => error,
  )

test('whoever is signed in calls with keys of the identity pool, by every method', async () => {
  const options = { body: { name: 'tea' }, headers: { 'X-Own': 'yes' }, queryParams: { a: "it's b c" } }
  for (const [call, method] of [
    [post, 'POST'],
    [put, 'PUT'],
    [patch, 'PATCH'],
    [del, 'DELETE'],
  ] as const) {
    const { body, headers, statusCode } = await call({ apiName: 'rest', path: 'items/1', options }, ada)
      .response
    expect([statusCode, headers['x-method']]).toEqual([200, method])
    expect(await body.json()).toMatchObject({ body: { name: 'tea' }, own: 'yes' })
  }
  expect((await get({ apiName: 'rest', path: '/items/1' }, ada).response).headers['x-method']).toBe('GET')
  expect((await head({ apiName: 'rest', path: 'items/1' }, ada).response).headers['x-method']).toBe('HEAD')
})

test('a guest gets as far as his role, a token opens what asks for one, and so does a key', async () => {
  expect((await get({ apiName: 'http', path: 'open' }, guest).response).statusCode).toBe(200)
  const refused = await refusal(get({ apiName: 'rest', path: 'items/1' }, guest))
  expect(refused).toBeInstanceOf(ApiError)
  expect(refused.response).toMatchObject({ statusCode: 403, body: expect.stringContaining('not authorized') })

  const { tokens } = await fetchAuthSession({}, ada)
  const mine = (Authorization: string) =>
    get({ apiName: 'rest', path: 'mine', options: { headers: { Authorization } } }, guest)
  const { body } = await mine(tokens!.idToken!.toString()).response
  expect(await body.json()).toMatchObject({ sub: tokens!.idToken!.payload.sub })
  expect((await refusal(mine('nobody'))).response).toMatchObject({ statusCode: 401 })

  const counted = (headers = {}) => get({ apiName: 'rest', path: 'counted', options: { headers } }, guest)
  const { statusCode } = await counted({ 'X-Api-Key': 'a-key-of-twenty-letters' }).response
  expect(statusCode).toBe(200)
  expect((await refusal(counted())).response).toMatchObject({ statusCode: 403 })
})

test('what the function answers is read in the error, and a call ends by cancel and in time', async () => {
  const asked = (status: string, more = {}) =>
    get({ apiName: 'rest', path: 'items/1', options: { queryParams: { status }, ...more } }, ada)
  const { response } = await refusal(asked('418'))
  expect(response).toMatchObject({ statusCode: 418, headers: { 'x-method': 'GET' } })
  expect(JSON.parse(response!.body!)).toMatchObject({ body: null })
  expect(await refusal(asked('never', { timeout: 100 }))).toMatchObject({ name: 'TimeoutError' })
  const operation = asked('never')
  operation.cancel('enough')
  const error = await refusal(operation)
  expect([isCancelError(error), error.message]).toEqual([true, 'enough'])
})
