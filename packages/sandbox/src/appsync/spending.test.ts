import { type FieldNode, getIntrospectionQuery, type OperationDefinitionNode, parse, print } from 'graphql'
import { expect, test } from 'vitest'
import { connect } from './socket.fixture.js'
import { start } from './stage.fixture.js'

// Short queries that would have an endless answer, and what is asked after them.

const RULES = '@auth(rules: [{allow: public, provider: apiKey}])'
const BLOGS = `type Post @model ${RULES} { title: String blogId: ID blog: Blog @belongsTo(references: ["blogId"]) }
type Blog @model ${RULES} { name: String posts: [Post] @hasMany(references: ["blogId"]) }`
const BLOG = 'mutation { createBlog(input: { id: "b", name: "x" }) { id } }'
const POST = 'mutation { createPost(input: { id: "p", title: "x", blogId: "b" }) { id } }'
const READ = '{ listPosts { items { id } } }'

/** `F0` spreads `F1`, and so on, each in what `step` makes of it. */
const steps = (count: number, on: string, step: (next: string) => string) =>
  Array.from(
    { length: count },
    (_, i) => `fragment F${i} on ${on} { ${step(i + 1 < count ? `...F${i + 1}` : 'id')} }`,
  ).join(' ')
/** The blog of a post and its posts, twice. */
const twice = (next: string) =>
  ['a', 'b'].map((name) => `${name}: blog { posts { items { ${next} } } }`).join(' ')

test('relations that lead back and double end where AppSync ends them, and the rest of the answer is there', async () => {
  const { ask } = await start(BLOGS)
  for (const each of [BLOG, POST]) await ask(each)
  const { data, errors } = await ask(
    `{ ${READ.slice(1, -1)} deep: listPosts { items { ...F0 } } } ${steps(12, 'Post', twice)}`,
  )
  expect(data.listPosts.items).toEqual([{ id: 'p' }])
  expect(errors!.length).toBeLessThan(100)
  expect(errors![0]).toMatchObject({
    errorType: 'ResolverExecutionLimitReached',
    message: 'Resolver execution limit reached: a request runs at most 10000.',
    path: expect.arrayContaining(['deep', 'items', 0, 'a']),
  })
  // Each request has its own account.
  expect((await ask(READ)).errors).toBeUndefined()
})

test('a page of many rows by many names is not written out', async () => {
  const { ask, post } = await start(BLOGS)
  await ask(BLOG)
  for (let i = 0; i < 5; i += 1) {
    const rows = Array.from({ length: 100 }, (_, j) => `c${j}: createPost(input: { blogId: "b" }) { id }`)
    await post({ query: `mutation { ${rows.join(' ')} }` })
  }
  const names = Array.from({ length: 3000 }, (_, i) => `t${i}: title`).join(' ')
  const { data, errors } = await ask(`{ listPosts(limit: 500) { items { ${names} } } }`)
  expect(data).toEqual({ listPosts: null })
  expect(errors).toMatchObject([{ errorType: 'ExecutionTimeout', path: ['listPosts'] }])
})

test.each([
  ['a query', `query { listPosts { items { ...F0 } } }`],
  ['a mutation', 'mutation { createPost(input: { title: "never" }) { ...F0 } }'],
])('%s whose fragments open into millions of fields is refused before it runs', async (_, operation) => {
  const { ask } = await start(BLOGS)
  const { status, data, errors } = await ask(`${operation} ${steps(40, 'Post', (next) => `${next} ${next}`)}`)
  expect(status).toBe(200)
  expect(data).toBeNull()
  expect(errors).toMatchObject([
    { message: 'The query asks for more than 50000 fields, its fragments opened.' },
  ])
  expect((await ask(READ)).data.listPosts.items).toEqual([])
})

test('the schema is told as tools ask for it, and not by hundreds of names', async () => {
  const { ask } = await start(BLOGS)
  const whole = getIntrospectionQuery()
  const { data, errors } = await ask(whole)
  expect(errors).toBeUndefined()
  expect(data.__schema.types.length).toBeGreaterThan(30)
  const [operation, ...fragments] = parse(whole).definitions
  const [field] = (operation as OperationDefinitionNode).selectionSet.selections
  const all = [
    `fragment All on __Schema ${print((field as FieldNode).selectionSet!)}`,
    ...fragments.map(print),
  ].join(' ')
  const many = (count: number) => Array.from({ length: count }, (_, i) => `s${i}: __schema { ...All }`)
  const direct = await ask(`{ ${many(150).join(' ')} } ${all}`)
  const hidden = await ask(`{ ...Q } fragment Q on Query { ... { ${many(150).join(' ')} } } ${all}`)
  for (const refused of [direct, hidden]) {
    expect(refused.data).toBeNull()
    expect(refused.errors).toMatchObject([
      { message: expect.stringMatching(/asks for the schema too often/) },
    ])
  }
  const few = await ask(`{ ${many(3).join(' ')} } ${all}`)
  expect(few.data.s2).toEqual(data.__schema)
})

test('so is a subscription, and the others on its connection hear on', async () => {
  const { ask, outputs, withKey } = await start(BLOGS)
  const { next, begin, socket } = await connect(outputs.url, withKey)
  await next('connection_ack')
  begin('wide', `subscription { onCreatePost { ...F0 } } ${steps(40, 'Post', (next) => `${next} ${next}`)}`)
  begin(
    'plain',
    'subscription { onCreatePost { id ...F0 } } fragment F0 on Post { title ...F1 ...F1 } fragment F1 on Post { id }',
  )
  expect((await next('error', 'wide')).payload.errors).toMatchObject([{ message: /more than 50000 fields/ }])
  await next('start_ack', 'plain')
  await ask('mutation { createPost(input: { id: "p", title: "x" }) { id title } }')
  expect((await next('data', 'plain')).payload).toEqual({ data: { onCreatePost: { id: 'p', title: 'x' } } })
  socket.close()
})
