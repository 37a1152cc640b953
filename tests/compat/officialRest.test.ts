import type { Sandbox } from '@backline/sandbox'
import { Amplify } from 'aws-amplify'
import { del, get, head, post, put } from 'aws-amplify/api'
import { fetchAuthSession, signIn, signOut } from 'aws-amplify/auth'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startApp } from './app.fixture.js'
import { fetchFrom } from './redirect.fixture.js'
import { register } from './register.fixture.js'
import { PASSWORD } from './shop.fixture.js'

// The official REST client, unmodified, on the APIs that Amplify's documentation shows:
// https://docs.amplify.aws/react/build-a-backend/add-aws-services/rest-api/ and …/http-api/

const BACKEND = `import { defineBackend } from "@aws-amplify/backend";
import { Stack } from "aws-cdk-lib";
import {
  AuthorizationType,
  CognitoUserPoolsAuthorizer,
  Cors,
  LambdaIntegration,
  RestApi,
} from "aws-cdk-lib/aws-apigateway";
import { CorsHttpMethod, HttpApi, HttpMethod } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpIamAuthorizer, HttpUserPoolAuthorizer } from "aws-cdk-lib/aws-apigatewayv2-authorizers";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { Policy, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { myApiFunction } from "./functions/api-function/resource";
import { auth } from "./auth/resource";

const backend = defineBackend({ auth, myApiFunction });
const apiStack = backend.createStack("api-stack");

const myRestApi = new RestApi(apiStack, "RestApi", {
  restApiName: "myRestApi",
  deploy: true,
  deployOptions: { stageName: "dev" },
  defaultCorsPreflightOptions: {
    allowOrigins: Cors.ALL_ORIGINS,
    allowMethods: Cors.ALL_METHODS,
    allowHeaders: Cors.DEFAULT_HEADERS,
  },
});
const lambdaIntegration = new LambdaIntegration(backend.myApiFunction.resources.lambda);
const itemsPath = myRestApi.root.addResource("items", {
  defaultMethodOptions: { authorizationType: AuthorizationType.IAM },
});
itemsPath.addMethod("GET", lambdaIntegration);
itemsPath.addMethod("POST", lambdaIntegration);
itemsPath.addMethod("DELETE", lambdaIntegration);
itemsPath.addMethod("PUT", lambdaIntegration);
itemsPath.addProxy({ anyMethod: true, defaultIntegration: lambdaIntegration });
const cognitoAuth = new CognitoUserPoolsAuthorizer(apiStack, "CognitoAuth", {
  cognitoUserPools: [backend.auth.resources.userPool],
});
const booksPath = myRestApi.root.addResource("cognito-auth-path");
booksPath.addMethod("GET", lambdaIntegration, {
  authorizationType: AuthorizationType.COGNITO,
  authorizer: cognitoAuth,
});
const open = myRestApi.root.addResource("open").addResource("{id}");
open.addMethod("GET", lambdaIntegration);
const apiRestPolicy = new Policy(apiStack, "RestApiPolicy", {
  statements: [
    new PolicyStatement({
      actions: ["execute-api:Invoke"],
      resources: [
        \`\${myRestApi.arnForExecuteApi("*", "/items", "dev")}\`,
        \`\${myRestApi.arnForExecuteApi("*", "/items/*", "dev")}\`,
        \`\${myRestApi.arnForExecuteApi("*", "/cognito-auth-path", "dev")}\`,
      ],
    }),
  ],
});
backend.auth.resources.authenticatedUserIamRole.attachInlinePolicy(apiRestPolicy);

const iamAuthorizer = new HttpIamAuthorizer();
const userPoolAuthorizer = new HttpUserPoolAuthorizer("userPoolAuth", backend.auth.resources.userPool, {
  userPoolClients: [backend.auth.resources.userPoolClient],
});
const httpLambdaIntegration = new HttpLambdaIntegration("LambdaIntegration", backend.myApiFunction.resources.lambda);
const httpApi = new HttpApi(apiStack, "HttpApi", {
  apiName: "myHttpApi",
  corsPreflight: { allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.POST], allowOrigins: ["*"], allowHeaders: ["*"] },
  createDefaultStage: true,
});
httpApi.addRoutes({
  path: "/items",
  methods: [HttpMethod.GET, HttpMethod.POST],
  integration: httpLambdaIntegration,
  authorizer: iamAuthorizer,
});
httpApi.addRoutes({ path: "/items/{proxy+}", methods: [HttpMethod.GET], integration: httpLambdaIntegration, authorizer: iamAuthorizer });
httpApi.addRoutes({ path: "/cognito-auth-path", methods: [HttpMethod.GET], integration: httpLambdaIntegration, authorizer: userPoolAuthorizer });
const apiPolicy = new Policy(apiStack, "ApiPolicy", {
  statements: [
    new PolicyStatement({
      actions: ["execute-api:Invoke"],
      resources: [\`\${httpApi.arnForExecuteApi("*", "/items")}\`, \`\${httpApi.arnForExecuteApi("*", "/items/*")}\`],
    }),
  ],
});
backend.auth.resources.authenticatedUserIamRole.attachInlinePolicy(apiPolicy);
backend.auth.resources.unauthenticatedUserIamRole.attachInlinePolicy(apiPolicy);

backend.addOutput({
  custom: {
    API: {
      [myRestApi.restApiName]: { endpoint: myRestApi.url, region: Stack.of(myRestApi).region, apiName: myRestApi.restApiName },
      [httpApi.httpApiName!]: { endpoint: httpApi.url, region: Stack.of(httpApi).region, apiName: httpApi.httpApiName },
    },
  },
});
`
const FILES = {
  'backend.ts': BACKEND,
  'auth/resource.ts': `import { defineAuth } from '@aws-amplify/backend'
export const auth = defineAuth({ loginWith: { email: true } })`,
  'functions/api-function/resource.ts': `import { defineFunction } from '@aws-amplify/backend'
export const myApiFunction = defineFunction({ name: 'api-function' })`,
  'functions/api-function/handler.ts': `export const handler = async (event) => {
  if (event.queryStringParameters?.break) return { nothing: 'to see' , statusCode: 'odd' }
  if (event.queryStringParameters?.status) return { statusCode: Number(event.queryStringParameters.status), body: JSON.stringify({ error: 'as asked' }) }
  const { claims, jwt } = event.requestContext.authorizer ?? {}
  return {
    statusCode: 200,
    headers: { 'Access-Control-Allow-Origin': '*', 'X-Version': event.version ?? '1.0' },
    body: JSON.stringify({
      method: event.httpMethod ?? event.requestContext.http.method,
      path: event.path ?? event.rawPath, resource: event.resource ?? event.routeKey,
      query: event.queryStringParameters, parameters: event.pathParameters, body: event.body && JSON.parse(event.body),
      sub: (claims ?? jwt?.claims)?.sub, identity: event.requestContext.identity?.cognitoIdentityId,
    }),
  }
}`,
}
const ADA = 'ada@example.com'
let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startApp(FILES)
  vi.stubGlobal('fetch', fetchFrom(sandbox))
  const outputs = sandbox.outputs as unknown as Parameters<typeof Amplify.configure>[0] & {
    custom: { API: never }
  }
  Amplify.configure(outputs)
  const existing = Amplify.getConfig()
  Amplify.configure({ ...existing, API: { ...existing.API, REST: outputs.custom.API } })
  await register(sandbox, ADA)
})
afterAll(async () => {
  await signOut()
  vi.unstubAllGlobals()
  await sandbox.stop()
})

interface Operation {
  response: Promise<{ body: { json(): Promise<unknown> } }>
}
const json = async (operation: Operation) => (await (await operation.response).body.json()) as object
const fails = async (operation: { response: Promise<unknown> }) =>
  operation.response.then(
    () => undefined,
    (error: { response: { statusCode: number; body: string } }) => error.response,
  )

test('the outputs name both APIs and where they are', () => {
  const { API } = sandbox.outputs.custom as { API: Record<string, { endpoint: string }> }
  expect(API.myRestApi).toEqual({
    endpoint: expect.stringMatching(new RegExp(`^${sandbox.url}/execute-api/[0-9a-f]{10}/dev/$`)),
    region: 'us-east-1',
    apiName: 'myRestApi',
  })
  expect(API.myHttpApi!.endpoint).toMatch(new RegExp(`^${sandbox.url}/execute-api/[0-9a-f]{10}/$`))
})

test('a guest gets as far as his role', async () => {
  expect(await json(get({ apiName: 'myHttpApi', path: 'items' }))).toMatchObject({
    method: 'GET',
    path: '/items',
  })
  const refused = await fails(get({ apiName: 'myRestApi', path: 'items' }))
  expect(refused).toMatchObject({ statusCode: 403 })
  expect(JSON.parse(refused!.body).message).toMatch(/^User is not authorized to perform: execute-api:Invoke/)
  expect(await json(get({ apiName: 'myRestApi', path: 'open/7' }))).toMatchObject({
    resource: '/open/{id}',
    parameters: { id: '7' },
  })
})

test('whoever is signed in calls with keys of the identity pool, every method', async () => {
  await signIn({ username: ADA, password: PASSWORD })
  const { identityId, tokens } = await fetchAuthSession()
  const made = await json(
    post({
      apiName: 'myRestApi',
      path: 'items',
      options: { body: { message: 'Mow the lawn' }, queryParams: { a: 'b c' } },
    }),
  )
  expect(made).toEqual({
    method: 'POST',
    path: '/items',
    resource: '/items',
    query: { a: 'b c' },
    parameters: null,
    body: { message: 'Mow the lawn' },
    identity: identityId,
  })
  expect(await json(put({ apiName: 'myRestApi', path: 'items/1', options: { body: {} } }))).toMatchObject({
    method: 'PUT',
    resource: '/items/{proxy+}',
    parameters: { proxy: '1' },
  })
  expect((await del({ apiName: 'myRestApi', path: 'items/1' }).response).statusCode).toBe(200)
  expect((await head({ apiName: 'myRestApi', path: 'items/1' }).response).headers['x-version']).toBe('1.0')
  expect(await json(get({ apiName: 'myHttpApi', path: 'items/deep/er' }))).toMatchObject({
    resource: 'GET /items/{proxy+}',
    parameters: { proxy: 'deep/er' },
  })
  for (const apiName of ['myRestApi', 'myHttpApi']) {
    const headers = { Authorization: tokens!.idToken!.toString() }
    expect(await json(get({ apiName, path: 'cognito-auth-path', options: { headers } }))).toMatchObject({
      sub: tokens!.accessToken.payload.sub,
    })
    const forged = { Authorization: `${headers.Authorization}x` }
    expect(
      await fails(get({ apiName, path: 'cognito-auth-path', options: { headers: forged } })),
    ).toMatchObject({
      statusCode: 401,
    })
  }
})

test('parameters and headers may have any name, and come several times', async () => {
  const queryParams = { constructor: 'a', toString: 'b', 'x y': 'c d' }
  expect(await json(get({ apiName: 'myRestApi', path: 'open/7', options: { queryParams } }))).toMatchObject({
    query: queryParams,
  })
  const { endpoint } = (sandbox.outputs.custom as { API: Record<string, { endpoint: string }> }).API
    .myRestApi!
  const plain = await fetch(`${endpoint}open/7?__proto__=a&a=1&a=2`, { headers: { valueOf: 'x' } })
  expect(plain.status).toBe(200)
  const { query } = (await plain.json()) as { query: object }
  expect(Object.entries(query)).toEqual([
    ['__proto__', 'a'],
    ['a', '2'],
  ])
})

test('statuses of the function arrive with their body; what is no answer is a 502; what is no route is told', async () => {
  const teapot = await fails(
    get({ apiName: 'myRestApi', path: 'items', options: { queryParams: { status: '418' } } }),
  )
  expect(teapot).toMatchObject({ statusCode: 418, body: '{"error":"as asked"}' })
  const odd = get({ apiName: 'myRestApi', path: 'open/1', options: { queryParams: { break: '1' } } })
  expect(await fails(odd)).toMatchObject({ statusCode: 502, body: '{"message":"Internal server error"}' })
  expect(await fails(get({ apiName: 'myRestApi', path: 'nowhere' }))).toMatchObject({ statusCode: 403 })
  expect(await fails(get({ apiName: 'myHttpApi', path: 'nowhere' }))).toMatchObject({ statusCode: 404 })
})
