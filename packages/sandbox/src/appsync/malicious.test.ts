import { expect, test } from 'vitest'
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
