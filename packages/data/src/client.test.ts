import { parse } from 'graphql'
import { expect, test } from 'vitest'
import { appFor, appsync } from './appsync.fixture.js'
import { generateClient } from './client.js'
import type { Shop } from './shop.fixture.js'

const order = { region: 'eu', number: 7, customerId: 'c1', status: 'PAID' }

test('a row is created, and comes back with functions for its relations', async () => {
  const service = await appsync({
    http: ({ query }) => ({
      data: query.includes('createOrder')
        ? { createOrder: order }
        : { getCustomer: { customerId: 'c1', name: 'Ada' } },
    }),
  })
  const client = generateClient<Shop>({}, appFor(service.url))
  const { data, errors } = await client.models.Order.create({ ...order, team: undefined, history: null })
  expect(errors).toBeUndefined()
  expect(data).toMatchObject(order)
  expect(service.asked[0]).toMatchObject({
    variables: { input: { ...order, history: null } },
    headers: { 'x-api-key': 'da2-key' },
  })
  expect(await data.customer()).toMatchObject({ data: { name: 'Ada' } })
  expect(service.asked[1]!.variables).toEqual({ customerId: 'c1' })
})

test('a relation to many is read through its parent, page by page', async () => {
  const service = await appsync({
    http: ({ variables }) =>
      variables.parentCustomerId
        ? {
            data: {
              getCustomer: {
                orders: { items: [order, null], nextToken: variables.nextToken ? null : 'more' },
              },
            },
            errors: [{ message: 'x', errorType: 'Unauthorized' }],
          }
        : { data: { getCustomer: { customerId: 'c1' } } },
  })
  const client = generateClient<Shop>({}, appFor(service.url))
  const { data: customer } = await client.models.Customer.get({ customerId: 'c1' })
  const first = await customer.orders({ limit: 2, sortDirection: 'DESC' })
  expect(first.data).toMatchObject([order, null])
  expect(first).toMatchObject({ nextToken: 'more', errors: [{ errorType: 'Unauthorized' }] })
  expect(service.asked[1]!.variables).toEqual({ parentCustomerId: 'c1', limit: 2, sortDirection: 'DESC' })
  expect((await customer.orders({ nextToken: 'more' })).nextToken).toBe(null)
  expect(await first.data[0].manager()).toEqual({ data: null })
})

test('those who belonged to a row that was deleted are still found', async () => {
  const service = await appsync({
    http: ({ query }) =>
      query.includes('listOrders')
        ? { data: { listOrders: { items: [order], nextToken: null } } }
        : { data: { getCustomer: query.includes('orders(') ? null : { customerId: 'c1' } } },
  })
  const client = generateClient<Shop>({}, appFor(service.url))
  const { data: customer } = await client.models.Customer.get({ customerId: 'c1' })
  expect((await customer.orders()).data).toMatchObject([order])
  expect(service.asked.at(-1)!.variables).toEqual({ filter: { and: [{ customerId: { eq: 'c1' } }] } })
})

test('list, index query and their paging send what aws-amplify sends', async () => {
  const service = await appsync({
    http: ({ query }) => ({
      data: { [/\{ (\w+)/.exec(query)![1]!]: { items: [null, order], nextToken: 'n' } },
    }),
  })
  const client = generateClient<Shop>({}, appFor(service.url))
  const filter = { team: { eq: 'red' } }
  expect(
    await client.models.Order.list({
      region: 'eu',
      number: { gt: 3 },
      filter,
      limit: 2,
      nextToken: null,
      sortDirection: 'DESC',
    }),
  ).toMatchObject({
    data: [null, order],
    nextToken: 'n',
  })
  expect(service.asked[0]!.variables).toEqual({
    region: 'eu',
    number: { gt: 3 },
    filter,
    limit: 2,
    sortDirection: 'DESC',
  })
  const at = new Date('2026-01-02T03:04:05Z')
  await client.models.Customer.listCustomerByLevelAndJoinedAt(
    { level: 'GOLD', joinedAt: { ge: at } },
    { scanLimit: 5, sortDirection: 'ASC', selectionSet: ['name'] },
  )
  expect(service.asked[1]).toMatchObject({
    query: expect.stringContaining('items { name }'),
    variables: { level: 'GOLD', joinedAt: { ge: at.toISOString() }, limit: 5, sortDirection: 'ASC' },
  })
  await client.models.Customer.customersByEmail({ email: 'a@b', nameJoinedAt: { beginsWith: { name: 'A' } } })
  expect(service.asked[2]!.variables).toEqual({ email: 'a@b', nameJoinedAt: { beginsWith: { name: 'A' } } })
})

test('a sort direction that nothing would heed is an error', async () => {
  const client = generateClient<Shop>({}, appFor('http://127.0.0.1:1/graphql'))
  await expect(client.models.Order.list({ sortDirection: 'DESC' })).rejects.toMatchObject({
    name: 'InvalidSortDirection',
  })
  await expect(client.models.Cart.list({ sortDirection: 'DESC' })).rejects.toMatchObject({
    name: 'InvalidSortDirection',
  })
})

test('an update may be conditional', async () => {
  const service = await appsync({
    http: () => ({
      data: { updateOrder: null },
      errors: [
        { message: 'The conditional request failed', errorType: 'DynamoDB:ConditionalCheckFailedException' },
      ],
    }),
  })
  const client = generateClient<Shop>({}, appFor(service.url))
  const result = await client.models.Order.update(
    { region: 'eu', number: 7, team: 'x' },
    { condition: { team: { eq: 'y' } } },
  )
  expect(result).toMatchObject({
    data: null,
    errors: [{ errorType: 'DynamoDB:ConditionalCheckFailedException' }],
  })
  expect(service.asked[0]!.variables.condition).toEqual({ team: { eq: 'y' } })
})

test('a missing key is told without asking the service', async () => {
  const client = generateClient<Shop>({}, appFor('http://127.0.0.1:1/graphql'))
  expect(await client.models.Order.get({ region: 'eu' })).toEqual({
    data: null,
    errors: [{ message: 'Order.get needs "number".', errorType: 'InvalidInput', errorInfo: null }],
  })
})

test('no network is not an empty table', async () => {
  const client = generateClient<Shop>({}, appFor('http://127.0.0.1:1/graphql'))
  const { data, errors } = await client.models.Order.list()
  expect(data).toBe(null)
  expect(errors).toMatchObject([{ errorType: 'NetworkError', originalError: { name: 'NetworkError' } }])
  await expect(client.graphql({ query: '{ a }' })).rejects.toMatchObject({
    name: 'NetworkError',
    errors: [{ errorType: 'NetworkError' }],
  })
})

test("the service's errors come with whatever data there is", async () => {
  const errors = [{ message: 'Not Authorized', errorType: 'Unauthorized', path: ['listOrders', 'items', 1] }]
  const service = await appsync({
    http: ({ query }) => ({
      data: query.includes('list')
        ? { listOrders: { items: [order, null], nextToken: null } }
        : { getOrder: { ...order, team: null } },
      errors,
      extensions: { a: 1 },
    }),
  })
  const client = generateClient<Shop>({}, appFor(service.url))
  expect(await client.models.Order.list({ selectionSet: ['region'] })).toEqual({
    data: [order, null],
    nextToken: null,
    errors,
    extensions: { a: 1 },
  })
  expect(await client.models.Order.get(order)).toMatchObject({ data: order, errors })
  await expect(client.graphql({ query: '{ getOrder { region } }' })).rejects.toMatchObject({
    name: 'Unauthorized',
    data: { getOrder: order },
    errors,
  })
})

test('a refusal at the front door says Unauthorized and what to do', async () => {
  const service = await appsync({
    http: () => [
      401,
      {
        errors: [
          { errorType: 'UnauthorizedException', message: 'You are not authorized to make this call.' },
        ],
      },
    ],
  })
  const client = generateClient<Shop>({}, appFor(service.url))
  expect(await client.models.Order.list()).toMatchObject({
    data: [],
    errors: [{ message: 'Unauthorized', errorType: 'UnauthorizedException' }],
  })
  expect(service.asked).toHaveLength(1)
})

test('a token that is refused is fetched once more', async () => {
  let made = 0
  const service = await appsync({
    http: ({ headers }) =>
      headers.authorization === 'token-2'
        ? { data: { listOrders: { items: [] } } }
        : [401, { errors: [{ errorType: 'UnauthorizedException', message: 'Token has expired.' }] }],
  })
  const client = generateClient<Shop>(
    { authMode: 'lambda', authToken: async () => `token-${++made}` },
    appFor(service.url),
  )
  expect((await client.models.Order.list()).errors).toBeUndefined()
  expect(service.asked.map(({ headers }) => headers.authorization)).toEqual(['token-1', 'token-2'])
})

test('what is missing to say who we are is named', async () => {
  const ctx = appFor('http://127.0.0.1:1/graphql', { apiKey: undefined })
  const { models } = generateClient<Shop>({}, ctx)
  await expect(models.Order.list()).rejects.toMatchObject({
    name: 'NoApiKey',
    message: 'No api-key configured',
  })
  await expect(models.Order.list({ authMode: 'userPool' })).rejects.toMatchObject({
    name: 'NoValidAuthTokens',
  })
  await expect(models.Order.list({ authMode: 'lambda' })).rejects.toMatchObject({
    name: 'NoAuthorizationHeader',
  })
  await expect(models.Order.list({ authMode: 'iam' })).rejects.toMatchObject({ name: 'NoCredentials' })
})

test('headers of the request replace those of the client, and a function makes them anew', async () => {
  const service = await appsync()
  const client = generateClient<Shop>({ headers: { 'x-of': 'client' } }, appFor(service.url))
  await client.models.Order.list()
  await client.models.Order.list({
    headers: async ({ queryString }: { queryString: string }) => ({ 'x-of': queryString.slice(0, 5) }),
  })
  await client.graphql({ query: '{ a }' }, { 'x-of': 'call' })
  expect(service.asked.map(({ headers }) => headers['x-of'])).toEqual(['client', 'query', 'call'])
})

test('a request is cancelled by its promise, or by a signal', async () => {
  const service = await appsync({ http: () => new Promise(() => {}) })
  const client = generateClient<Shop>({}, appFor(service.url))
  const promise = client.models.Order.list()
  await service.until(() => service.asked.length)
  expect(client.cancel(promise, 'never mind')).toBe(true)
  const error = await promise.catch((error: unknown) => error)
  expect(client.isCancelError(error)).toBe(true)
  expect(error).toMatchObject({ name: 'CanceledError', message: 'never mind' })
  expect(client.cancel(promise)).toBe(false)

  const controller = new AbortController()
  const second = client.graphql({ query: '{ a }', signal: controller.signal })
  controller.abort()
  expect(client.isCancelError(await second.catch((error: unknown) => error))).toBe(true)
  expect(client.isCancelError(new Error('other'))).toBe(false)
})

test('a promise of a lazy relation can be cancelled too', async () => {
  const service = await appsync({
    http: ({ variables }) =>
      variables.parentCustomerId ? new Promise(() => {}) : { data: { getCustomer: { customerId: 'c1' } } },
  })
  const client = generateClient<Shop>({}, appFor(service.url))
  const { data } = await client.models.Customer.get({ customerId: 'c1' })
  const orders = data.orders()
  expect(client.cancel(orders)).toBe(true)
  await expect(orders).rejects.toMatchObject({ name: 'CanceledError' })
})

test('a timeout is told from a cancellation', async () => {
  const service = await appsync({ http: () => new Promise(() => {}) })
  const client = generateClient<Shop>({}, appFor(service.url))
  const result = await client.models.Order.list({ signal: AbortSignal.timeout(20) })
  expect(result).toMatchObject({ data: null, errors: [{ errorType: 'TimeoutError' }] })
})

test('two selections in flight at once do not mix', async () => {
  const service = await appsync({
    http: ({ query }) => ({
      data: { listOrders: { items: [query.includes('{ region }') ? { region: 'eu' } : { number: 1 }] } },
    }),
  })
  const { Order } = generateClient<Shop>({}, appFor(service.url)).models
  const both = await Promise.all([
    Order.list({ selectionSet: ['region'] }),
    Order.list({ selectionSet: ['number'] }),
  ])
  expect(both.map(({ data }) => data)).toEqual([[{ region: 'eu' }], [{ number: 1 }]])
})

test('a parsed document is printed, and enums list their values', async () => {
  const service = await appsync({ http: () => ({ data: { a: 1 } }) })
  const client = generateClient<Shop>({}, appFor(service.url))
  expect(
    await client.graphql({ query: parse('query Q($x: Int) { a(x: $x) }'), variables: { x: 1 } }),
  ).toEqual({ data: { a: 1 } })
  expect(service.asked[0]).toMatchObject({ query: 'query Q($x: Int) { a(x: $x) }', variables: { x: 1 } })
  expect(client.enums.OrderStatus.values()).toEqual(['DRAFT', 'PAID', 'SHIPPED'])
  expect(() => client.graphql({ query: 'nonsense' })).toThrow(/no query, mutation or subscription/)
})

test('a client may be made before the configuration, and says so when it is used too early', () => {
  const ctx = appFor('http://127.0.0.1:1/graphql')
  const { GraphQL } = ctx.config.API!
  const early = generateClient<Shop>({}, Object.assign(ctx, { config: {} }))
  expect(() => early.models.Order).toThrow(/"Order" was asked of a client before/)
  Object.assign(ctx, { config: { API: { GraphQL } } })
  expect(Object.keys(early.models)).toContain('Order')
  expect(Object.keys(early.models.OrderLine)).not.toContain('delete')
})

test('a client of another endpoint needs to be told how to authorize, and sends it no key of ours', async () => {
  const service = await appsync()
  const ctx = appFor('http://127.0.0.1:1/graphql')
  expect(() => generateClient<Shop>({ endpoint: service.url }, ctx)).toThrow(/explicit `authMode`/)
  expect(() => generateClient<Shop>({ endpoint: service.url, authMode: 'apiKey' }, ctx)).toThrow(
    /explicit `apiKey`/,
  )
  await generateClient<Shop>({ endpoint: service.url, authMode: 'none' }, ctx).graphql({ query: '{ a }' })
  expect(service.asked[0]!.headers['x-api-key']).toBeUndefined()
})

test('the context may come first, and cookies go where they are asked for', async () => {
  const service = await appsync({ http: () => ({ data: { a: 1 } }) })
  const inits: (RequestInit | undefined)[] = []
  const platform = {
    fetch: (url: string | URL | Request, init?: RequestInit) => {
      inits.push(init)
      return fetch(url, init)
    },
  }
  const ctx = appFor(service.url, {}, { platform, API: { GraphQL: { withCredentials: true } } })
  await generateClient<Shop>(ctx, { apiKey: 'other' }).graphql({ query: '{ a }' })
  expect(service.asked[0]!.headers['x-api-key']).toBe('other')
  expect(inits[0]!.credentials).toBe('include')
})

test('what may have been done is not sent again; what only reads is', async () => {
  const service = await appsync({ http: () => [503, { message: 'busy' }] })
  const client = generateClient<Shop>({}, appFor(service.url))
  const query = '# makes one\nfragment F on Order { region }\nmutation { createOrder { ...F } }'
  await expect(client.graphql({ query })).rejects.toMatchObject({
    errors: [{ message: 'busy', errorType: 'ServiceUnavailable' }],
  })
  expect(service.asked).toHaveLength(1)
  expect(await client.models.Order.list()).toMatchObject({
    data: null,
    errors: [{ errorType: 'ServiceUnavailable' }],
  })
  expect(service.asked).toHaveLength(4)
})
