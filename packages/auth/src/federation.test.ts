import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAmplifyContext } from '@backline/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { clearFederationToIdentityPool, federateToIdentityPool, fetchAuthSession } from './index.js'
import { arrive, useSandbox } from './sandbox.fixture.js'

const state = useSandbox()

/** An identity pool that believes Google. */
let asked: { operation: string; input: Record<string, unknown> }[]
let url: string
let close: () => void
beforeEach(async () => {
  asked = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const operation = `${request.headers['x-amz-target']}`.split('.')[1]!
    const input = JSON.parse(body)
    asked.push({ operation, input })
    if (input.Logins?.['accounts.google.com'] === 'expired') {
      return response
        .writeHead(400)
        .end(JSON.stringify({ __type: 'NotAuthorizedException', message: 'Token expired.' }))
    }
    if (operation === 'GetId') return response.end(JSON.stringify({ IdentityId: 'us-east-1:new' }))
    response.end(
      JSON.stringify({
        IdentityId: input.IdentityId,
        Credentials: {
          AccessKeyId: 'AK',
          SecretKey: 's',
          SessionToken: 't',
          Expiration: Date.now() / 1000 + 3600,
        },
      }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  close = () => {
    server.closeAllConnections()
    server.close()
  }
})
afterEach(() => close())

const context = () =>
  createAmplifyContext({
    Auth: {
      Cognito: { identityPoolId: 'us-east-1:pool', identityPoolEndpoint: url, allowGuestAccess: false },
    },
  })
const named = (name: string) => expect.objectContaining({ name })

test('a provider’s token is traded for credentials, which the session has from then on', async () => {
  const ctx = context()
  expect(await federateToIdentityPool({ provider: 'Google', token: 'good' }, ctx)).toMatchObject({
    identityId: 'us-east-1:new',
    credentials: { accessKeyId: 'AK', secretAccessKey: 's', sessionToken: 't' },
  })
  expect(await fetchAuthSession({}, ctx)).toMatchObject({
    tokens: undefined,
    identityId: 'us-east-1:new',
    credentials: { accessKeyId: 'AK' },
  })
  expect(asked).toEqual([
    {
      operation: 'GetId',
      input: { IdentityPoolId: 'us-east-1:pool', Logins: { 'accounts.google.com': 'good' } },
    },
    {
      operation: 'GetCredentialsForIdentity',
      input: { IdentityId: 'us-east-1:new', Logins: { 'accounts.google.com': 'good' } },
    },
  ])

  await clearFederationToIdentityPool(ctx)
  expect((await fetchAuthSession({}, ctx)).credentials).toBeUndefined()
})

test('an identity of the app’s own backend is used as it is', async () => {
  const ctx = context()
  const provider = { custom: 'cognito-identity.amazonaws.com' }
  const options = { identityId: 'us-east-1:mine' }
  expect(await federateToIdentityPool({ provider, token: 'good', options }, ctx)).toMatchObject(options)
  expect(asked.map(({ operation }) => operation)).toEqual(['GetCredentialsForIdentity'])
})

test('a token that is refused leaves nothing behind', async () => {
  const ctx = context()
  const input = { provider: 'Google', token: 'expired' } as const
  await expect(federateToIdentityPool(input, ctx)).rejects.toEqual(named('NotAuthorizedException'))
  expect((await fetchAuthSession({}, ctx)).credentials).toBeUndefined()
})

test('bad input and a wrong moment are named', async () => {
  const input = { provider: 'Google', token: 'good' } as const
  await expect(federateToIdentityPool({ ...input, token: '' }, context())).rejects.toEqual(
    named('EmptyFederationToken'),
  )
  await expect(federateToIdentityPool(input, createAmplifyContext({}))).rejects.toEqual(
    named('AuthIdentityPoolException'),
  )
  const ctx = await arrive(state.sandbox, 'ada@example.com')
  await expect(federateToIdentityPool(input, ctx)).rejects.toEqual(named('UserAlreadyAuthenticatedException'))
})
