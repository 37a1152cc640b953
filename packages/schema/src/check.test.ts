import { expect, test } from 'vitest'
import { definitionOf, SchemaError } from './index.js'
import { a } from './loose.fixture.js'

const open = (allow: { publicApiKey(): never }) => [allow.publicApiKey()]

/** The error of a schema that cannot work. Names that are missing are waited for until the schema is used. */
function fault(build: () => unknown): SchemaError {
  try {
    const built = build()
    if (typeof (built as { transform?: unknown }).transform === 'function')
      (built as { transform(): unknown }).transform()
  } catch (error) {
    if (error instanceof SchemaError) return error
    throw error
  }
  throw new Error('Nothing was wrong.')
}

test('a relation to a model that does not exist is named, with the name that was meant', () => {
  const error = fault(() =>
    a.schema({
      Post: a.model({ authorId: a.id(), author: a.belongsTo('author', 'authorId') }),
      Author: a.model({}),
    }),
  )
  expect(error).toMatchObject({ name: 'SchemaError', type: 'Post', field: 'author' })
  expect(error.message).toBe(
    'Post.author is related to "author", which is not a model of the schema. Did you mean "Author"?',
  )
})

test('a relation to an enum is refused', () => {
  const error = fault(() =>
    a.schema({ Post: a.model({ kindId: a.id(), kind: a.belongsTo('Kind', 'kindId') }), Kind: a.enum(['A']) }),
  )
  expect(error.message).toBe('Post.kind is related to "Kind", which is not a model of the schema.')
})

test('a missing reference field is named with the model that lacks it, from either side', () => {
  const child = a.model({ parent: a.belongsTo('Parent', 'parentId') })
  const parent = a.model({ children: a.hasMany('Child', 'parentId') })
  expect(fault(() => a.schema({ Child: child, Parent: parent })).message).toBe(
    'Child.parent goes by the reference field "parentId", which Child does not have. Add parentId: a.id() to Child.',
  )
  expect(fault(() => a.schema({ Parent: parent, Child: child })).message).toBe(
    'Parent.children goes by the reference field "parentId", which Child does not have. Add parentId: a.id() to Child.',
  )
})

test('a relation needs its other side, with the same reference fields', () => {
  expect(
    fault(() =>
      a.schema({
        Post: a.model({ authorId: a.id(), author: a.belongsTo('Author', 'authorId') }),
        Author: a.model({}),
      }),
    ).message,
  ).toBe(
    "Post.author has no other side. Add a.hasMany or a.hasOne('Post', 'authorId') to Author, with the same reference fields.",
  )
  const mismatched = fault(() =>
    a.schema({
      Post: a.model({ authorId: a.id(), writerId: a.id(), author: a.belongsTo('Author', 'authorId') }),
      Author: a.model({ posts: a.hasMany('Post', 'writerId') }),
    }),
  )
  expect(mismatched).toMatchObject({ type: 'Post', field: 'author' })
  expect(mismatched.message).toContain('has no other side')
})

test('two relations with the same reference fields cannot be told apart', () => {
  const error = fault(() =>
    a.schema({
      Post: a.model({ authorId: a.id(), author: a.belongsTo('Author', 'authorId') }),
      Author: a.model({ posts: a.hasMany('Post', 'authorId'), best: a.hasOne('Post', 'authorId') }),
    }),
  )
  expect(error.message).toContain('Post.author has several other sides: Author.posts, Author.best.')
})

test('reference fields hold the identifier, all of it and in its types', () => {
  const order = a
    .model({
      region: a.string().required(),
      number: a.integer().required(),
      lines: a.hasMany('Line', ['orderRegion']),
    })
    .identifier(['region', 'number'])
  const line = a.model({ orderRegion: a.string(), order: a.belongsTo('Order', ['orderRegion']) })
  expect(fault(() => a.schema({ Order: order, Line: line })).message).toBe(
    'Order.lines goes by 1 field (orderRegion), but Order is identified by 2 fields (region, number). There must be one reference field for each.',
  )
  const wrong = fault(() =>
    a.schema({
      Post: a.model({ authorId: a.integer(), author: a.belongsTo('Author', 'authorId') }),
      Author: a.model({ posts: a.hasMany('Post', 'authorId') }),
    }),
  )
  expect(wrong.message).toBe(
    'Post.author goes by Post.authorId, which is Int, but holds Author.id, which is ID.',
  )
})

test('ids and strings may hold each other', () => {
  expect(() =>
    a.schema({
      Post: a.model({ authorId: a.string(), author: a.belongsTo('Author', 'authorId') }),
      Author: a.model({ posts: a.hasMany('Post', 'authorId') }),
    }),
  ).not.toThrow()
})

test('a relation without reference fields says what to write', () => {
  expect(fault(() => a.hasMany('Post', [])).message).toBe(
    "a.hasMany('Post') needs the reference fields of the belongsTo side: a.hasMany('Post', 'postId').",
  )
  expect(fault(() => (a.belongsTo as (to: string) => unknown)('Post')).message).toContain(
    "a.belongsTo('Post', 'postId')",
  )
})

test('a ref to nothing, or to a model, is named', () => {
  expect(
    fault(() => a.schema({ Post: a.model({ status: a.ref('status') }), Status: a.enum(['A']) })).message,
  ).toBe('Post.status refers to "status", which the schema does not define. Did you mean "Status"?')
  expect(
    fault(() => a.schema({ Post: a.model({ author: a.ref('Author') }), Author: a.model({}) })).message,
  ).toBe(
    'Post.author refers to the model "Author" with a.ref(). Models are related with a.hasMany(), a.hasOne() and a.belongsTo().',
  )
  expect(
    fault(() => a.schema({ Post: a.model({ at: a.customType({ place: a.ref('toString') }) }) })),
  ).toMatchObject({
    type: 'PostAt',
    field: 'place',
  })
})

test('a field of the identifier must exist, be required and be fit for a key', () => {
  const model = a.model({
    name: a.string(),
    tags: a.string().array().required(),
    done: a.boolean().required(),
  })
  const identified = (by: string) => fault(() => a.schema({ Todo: model.identifier([by] as never) })).message
  expect(identified('nmae')).toBe('Todo is identified by "nmae", which is not a field of it.')
  expect(identified('name')).toBe(
    'Todo.name is part of the identifier, so every row needs it: add .required() to the field.',
  )
  expect(identified('tags')).toContain('Todo.tags cannot be part of the identifier')
  expect(identified('done')).toContain('not Boolean')
  expect(fault(() => model.identifier([] as never)).message).toContain('at least one field')
  expect(fault(() => a.schema({ Todo: a.model({ x: a.id() }).identifier(['x', 'x']) })).message).toContain(
    'names "x" twice',
  )
})

test('a secondary index is on fields that exist and are fit for a key', () => {
  const model = a.model({ name: a.string(), data: a.json() })
  expect(
    fault(() => a.schema({ Todo: model.secondaryIndexes((index) => [index('nmae' as 'name')]) })).message,
  ).toBe('A secondary index of Todo is on "nmae", which is not a field of it.')
  expect(
    fault(() => a.schema({ Todo: model.secondaryIndexes((index) => [index('name').sortKeys(['data'])]) }))
      .message,
  ).toBe('Todo.data cannot be part of a secondary index: keys are strings, numbers and enums, not AWSJSON.')
})

test('keys are fields that are written: what a deployment refuses is refused here', () => {
  const model = a.model({ name: a.string().required() })
  const index = (...sort: string[]) => model.secondaryIndexes((on) => [on('name').sortKeys(sort as ['name'])])
  expect(fault(() => a.schema({ Todo: index('createdAt') })).message).toBe(
    'A secondary index of Todo is on "createdAt", which is added to its rows by itself. Add createdAt: a.datetime() to Todo.',
  )
  expect(fault(() => a.schema({ Todo: model.identifier(['name', 'updatedAt' as 'name']) })).message).toBe(
    'Todo is identified by "updatedAt", which is added to its rows by itself. Add updatedAt: a.datetime().required() to Todo.',
  )
  const written = a.model({ name: a.string(), createdAt: a.datetime() })
  a.schema({ Todo: written.secondaryIndexes((on) => [on('name').sortKeys(['createdAt'])]) })
})

test('an index on the key of the rows is one only where that key has a second field', () => {
  const model = a.model({ name: a.string().required(), rank: a.integer().required() })
  expect(
    fault(() =>
      a.schema({
        Todo: model.identifier(['name']).secondaryIndexes((on) => [on('name').sortKeys(['rank'])]),
      }),
    ).message,
  ).toBe(
    'A secondary index of Todo begins with "name", which is its whole identifier, so it finds one row at most. Leave it out, or begin with another field.',
  )
  a.schema({
    Todo: model.identifier(['name', 'rank']).secondaryIndexes((on) => [on('name').sortKeys(['rank'])]),
  })
})

test('the name of an index is one that DynamoDB takes', () => {
  const named = (name: string) =>
    a.schema({ Todo: a.model({ x: a.string() }).secondaryIndexes((on) => [on('x').name(name)]) })
  for (const name of ['by', 'by name', 'x'.repeat(256)]) {
    expect(fault(() => named(name)).message).toBe(
      `A secondary index of Todo is named ${JSON.stringify(name)}: use 3 to 255 letters, digits, "_", "-" and ".".`,
    )
  }
  named('by-x.1')
})

test('a field cannot take a word of filters', () => {
  for (const word of ['and', 'or', 'not'])
    expect(fault(() => a.schema({ Todo: a.model({ [word]: a.string() }) })).message).toBe(
      `Todo.${word} cannot be a field of a model: filters combine conditions by that word. Rename it.`,
    )
  a.schema({ Gate: a.customType({ and: a.boolean() }) })
})

test('what an API has of two things by one name is refused by both', () => {
  const model = a.model({ name: a.string() })
  const op = a.query().returns(a.string()).handler(a.handler.function('f'))
  const twice = (types: object) => fault(() => a.schema(types as never)).message
  expect(twice({ Todo: model, Todos: model })).toBe(
    'The models Todo and Todos would both have the query "listTodos". Rename one of them.',
  )
  expect(twice({ order: model, Order: model })).toBe(
    'The models order and Order would both have the query "getOrder". Rename one of them.',
  )
  expect(twice({ Todo: model, listTodos: op })).toBe(
    'The model Todo and the operation listTodos would both have the query "listTodos". Rename one of them.',
  )
  const indexed = model.secondaryIndexes((index) => [index('name').queryField('getTodo')])
  expect(twice({ Todo: model, Note: indexed })).toBe(
    'The model Todo and an index of Note would both have the query "getTodo". Rename one of them.',
  )
  // What is not there collides with nothing.
  a.schema({ Data: model, Datum: model.disableOperations(['list']), createData: op })
  a.schema({ Todo: model.disableOperations(['queries']), listTodos: op, getTodo: op })
})

test('two queries cannot have the same name', () => {
  const model = a
    .model({ name: a.string() })
    .secondaryIndexes((index) => [index('name').queryField('byName')])
  expect(fault(() => a.schema({ Todo: model, Note: model })).message).toBe(
    'The secondary indexes of Todo and Note both make a query "byName". Rename one with .queryField().',
  )
  const twice = a
    .model({ name: a.string(), x: a.string() })
    .secondaryIndexes((index) => [index('name').name('one'), index('x').name('one')])
  expect(fault(() => a.schema({ Todo: twice })).message).toContain(
    'Two secondary indexes of Todo are named "one".',
  )
})

test('enum values are GraphQL names, at least one, none twice', () => {
  const values = (...names: string[]) => fault(() => a.schema({ Todo: a.model({ state: a.enum(names) }) }))
  expect(values('IN PROGRESS').message).toBe(
    '"IN PROGRESS" cannot be a value of the enum TodoState: use letters, digits and underscores, not beginning with a digit.',
  )
  expect(values('IN PROGRESS')).toMatchObject({ type: 'TodoState' })
  expect(values('1ST').message).toContain('"1ST"')
  expect(values('null').message).toContain('GraphQL keeps it for itself')
  expect(values('A', 'A').message).toBe('The enum TodoState has the value "A" twice.')
  expect(values().message).toBe('The enum TodoState has no values.')
})

test('types and fields need GraphQL names', () => {
  expect(fault(() => a.schema({ 'My Todo': a.model({}) })).message).toContain('"My Todo" cannot be a name')
  expect(fault(() => a.schema({ Query: a.model({}) })).message).toContain('cannot be named "Query"')
  expect(fault(() => a.schema({ Todo: a.model({ 'is-done': a.boolean() }) }))).toMatchObject({
    type: 'Todo',
    field: 'is-done',
  })
})

test('a type written inline cannot take the name of another', () => {
  const error = fault(() => a.schema({ Todo: a.model({ state: a.enum(['A']) }), TodoState: a.enum(['B']) }))
  expect(error.message).toContain('Two types are named "TodoState"')
})

test('a default fits its field', () => {
  const todo = (field: Parameters<typeof a.model>[0][string]) =>
    fault(() => a.schema({ Todo: a.model({ x: field }) }))
  expect(todo(a.integer().default(1.5)).message).toBe('The default of Todo.x is 1.5, which is no Int.')
  expect(todo(a.boolean().default('yes' as never))).toMatchObject({ type: 'Todo', field: 'x' })
  expect(todo(a.integer().default(undefined as never)).message).toContain('default() of Todo.x needs a value')
})

test('a model without rules is refused once the schema is used', () => {
  const schema = a.schema({ Todo: a.model({}) })
  expect(fault(() => schema.transform()).message).toBe(
    'The model Todo has no authorization rules, so nobody could use it. Add .authorization((allow) => [...]) to it or to the schema.',
  )
  expect(() => schema.authorization(open as never).transform()).not.toThrow()
})

test('the field a rule names must be able to hold a name', () => {
  const error = fault(() =>
    a.schema({ Todo: a.model({ owner: a.integer() }).authorization((allow) => [allow.owner()]) }),
  )
  expect(error).toMatchObject({ type: 'Todo', field: 'owner' })
  expect(error.message).toBe(
    'Todo.owner is named by an authorization rule, so it must be a string: a.string().',
  )
  expect(
    fault(() =>
      a.schema({
        Todo: a.model({ team: a.string() }).authorization((allow) => allow.groupsDefinedIn('team')),
      }),
    ).message,
  ).toContain('a list of strings')
})

test('what is no builder value is refused where it stands', () => {
  expect(fault(() => a.schema({ Todo: {} as never })).message).toContain(
    '"Todo" is not a model, custom type, enum or operation',
  )
  expect(fault(() => a.schema({ Todo: a.model({ x: 'string' as never }) })).message).toContain(
    'Todo.x is not a field',
  )
  expect(fault(() => a.model({}).authorization(() => ['owner'] as never)).message).toContain(
    'rules made with `allow`',
  )
  expect(
    fault(() => a.model({}).authorization((allow) => allow.owner().to(['raed' as never]))).message,
  ).toContain('"raed" is not an operation')
  expect(fault(() => a.model({}).disableOperations(['craete' as never])).message).toContain(
    '"craete" is not an operation',
  )
  expect(fault(() => definitionOf({} as never)).message).toContain('not a schema of Backline')
})
