import { expect, test } from 'vitest'
import { connect } from './socket.fixture.js'
import { start, TODO } from './stage.fixture.js'

test('queries that mean harm are answered, and the next one is served', async () => {
  const { ask, post } = await start(TODO)
  const aliases = Array.from({ length: 10_000 }, (_, i) => `a${i}: listTodos { nextToken }`).join(' ')
  const fragments = 'query { ...a } fragment a on Query { ...b } fragment b on Query { ...a }'
  const bomb = `{ __schema { types ${'{ fields { type '.repeat(60)}{ name } ${'} }'.repeat(60)} } }`
  const nested = `{ listTodos { items ${'{ id '.repeat(5000)}${'}'.repeat(5000)} } }`
  const variables = { filter: JSON.parse(`${'{"and":['.repeat(3000)}{}${']}'.repeat(3000)}`) as object }
  for (const query of [
    `{ ${aliases} }`,
    fragments,
    bomb,
    nested,
    `{ ${'x'.repeat(900_000)} }`,
    '{'.repeat(50_000),
  ]) {
    const { status, errors } = await ask(query)
    expect([200, 400]).toContain(status)
    expect(errors?.length).toBeGreaterThan(0)
  }
  const filtered = await ask(
    'query ($filter: ModelTodoFilterInput) { listTodos(filter: $filter) { items { id } } }',
    variables,
  )
  expect(filtered.status).toBeLessThanOrEqual(500)
  expect(
    (await post({ query: '{ listTodos { items { id } } }', variables: { pad: 'x'.repeat(2_000_000) } }))
      .status,
  ).toBe(413)
  expect((await ask('{ listTodos { items { id } } }')).data).toEqual({ listTodos: { items: [] } })
})

test('subscriptions that mean harm are refused one by one, and their connection and the sandbox go on', async () => {
  const { ask, outputs, withKey } = await start(TODO)
  const client = await connect(outputs.url, withKey)
  await client.next('connection_ack')
  const hostile = {
    wide: `subscription { ${Array.from({ length: 5000 }, (_, i) => `a${i}: onCreateTodo { id }`).join(' ')} }`,
    cycle: 'subscription { ...a } fragment a on Subscription { ...b } fragment b on Subscription { ...a }',
    deep: `subscription { onCreateTodo ${'{ id '.repeat(5000)}${'}'.repeat(5000)} }`,
    open: 'subscription { '.repeat(10_000),
    schema: 'subscription { __schema { types { name } } }',
  }
  for (const [id, query] of Object.entries(hostile)) {
    client.begin(id, query)
    expect((await client.next('error', id)).payload.errors.length).toBeGreaterThan(0)
  }
  client.begin(
    'variables',
    'subscription ($f: ModelSubscriptionTodoFilterInput) { onCreateTodo(filter: $f) { id } }',
    {
      f: JSON.parse(`${'{"and":['.repeat(3000)}{}${']}'.repeat(3000)}`),
    },
  )
  await Promise.race([client.next('error', 'variables'), client.next('start_ack', 'variables')])

  client.begin('good', 'subscription { onCreateTodo { id } }')
  await client.next('start_ack', 'good')
  const { data } = await ask('mutation { createTodo(input: { content: "x" }) { id } }')
  expect((await client.next('data', 'good')).payload).toEqual({ data: { onCreateTodo: data.createTodo } })

  // One frame too large costs its own connection.
  const greedy = await connect(outputs.url, withKey)
  await greedy.next('connection_ack')
  const closed = new Promise<number>((resolve) => greedy.socket.once('close', resolve))
  greedy.send('x'.repeat(300_000))
  expect(await closed).toBe(1009)
  const again = await ask('mutation { createTodo(input: { content: "y" }) { id } }')
  expect((await client.next('data', 'good')).payload).toEqual({
    data: { onCreateTodo: again.data.createTodo },
  })
  client.socket.close()
})
