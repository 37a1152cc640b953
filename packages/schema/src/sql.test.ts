import { a as official } from '@aws-amplify/data-schema'
import { configure as officialConfigure } from '@aws-amplify/data-schema/internals'
import { expect, test } from 'vitest'
import { a, configure, definitionOf, modelIntrospection } from './index.js'
import { type Builder, build, database, schema } from './sql.fixture.js'

test('a schema of an SQL database is what the official builder makes of it', () => {
  const transformed = (schema: { transform(): object }) =>
    JSON.parse(JSON.stringify(schema.transform(), (key, value) => (key === 'importLine' ? undefined : value)))
  const theirs = { a: official, configure: officialConfigure } as unknown as Builder
  expect(transformed(schema)).toEqual(transformed(build(theirs)))
})

test('a key that the database counts up is a key, as generated schemas have it', () => {
  const build = ({ a, configure }: Builder) =>
    configure({ database })
      .schema({
        event: a.model({ id: a.integer().default(), name: a.string() }).identifier(['id']),
        seat: a
          .model({ row: a.integer().default(), hall: a.string().required() })
          .identifier(['row', 'hall']),
      })
      .authorization((allow) => [allow.publicApiKey()])
  const theirs = { a: official, configure: officialConfigure } as unknown as Builder
  const ours = build({ a, configure })
  expect(ours.transform().schema).toBe(build(theirs).transform().schema)
  expect(definitionOf(ours).models.event?.fields.id).toMatchObject({ isRequired: true, isGenerated: true })
  expect(() =>
    configure({ database: { ...database, engine: 'mysql' } }).schema({
      event: a.model({ id: a.integer().default() }).identifier(['id']),
    }),
  ).toThrow('default() of event.id needs a value')
})

test('schemas of DynamoDB and of SQL combined keep each to its database', () => {
  const build = ({ a, configure }: Builder) => {
    const own = a
      .schema({ Todo: a.model({ content: a.string() }) })
      .authorization((allow) => [allow.publicApiKey()])
    const sql = configure({ database })
      .schema({
        event: a
          .model({ id: a.integer().default(), name: a.string(), createdAt: a.date() })
          .identifier(['id']),
      })
      .authorization((allow) => [allow.publicApiKey()])
      .addQueries({
        count: a
          .query()
          .returns(a.string())
          .handler(a.handler.inlineSql('SELECT count(*) FROM event'))
          .authorization((allow) => [allow.publicApiKey()]),
      })
    return a.combine([own, sql])
  }
  const theirs = { a: official, configure: officialConfigure } as unknown as Builder
  const parts = (combined: { schemas: readonly { transform(): { schema: string } }[] }) =>
    combined.schemas.map((each) => each.transform().schema)
  const ours = build({ a, configure })
  expect(parts(ours)).toEqual(parts(build(theirs)))
  const { models } = definitionOf(ours)
  expect(models.Todo).toMatchObject({ engine: 'dynamodb' })
  expect(Object.keys(models.Todo!.fields)).toContain('updatedAt')
  expect(models.event).toMatchObject({ engine: 'postgresql' })
  expect(Object.keys(models.event!.fields)).toEqual(['id', 'name', 'createdAt'])
  expect(ours.transform().schema).toContain('type event @model(timestamps: null)')
  expect(ours.transform().schema).toContain('type Todo @model @auth')
})

test('an SQL schema has the columns it has: no timestamps, no generated owner', () => {
  const { models } = definitionOf(schema)
  expect(Object.keys(models.Post!.fields)).toEqual(['id', 'title', 'author_id', 'owner', 'author'])
  expect(models.Post).toMatchObject({ originalName: 'post', engine: 'postgresql' })
  expect(modelIntrospection(schema).queries).toHaveProperty('sum')
  const ownerless = configure({ database })
    .schema({ post: a.model({ id: a.integer().required() }).identifier(['id']) })
    .authorization((allow) => [allow.owner()])
  expect(() => ownerless.transform()).toThrow(
    'post has a rule about the field "owner", which its table does not have.',
  )
})

test('every step of an SQL schema gives a new one', () => {
  const begun = configure({ database }).schema({
    post: a.model({ id: a.integer().required() }).identifier(['id']),
  })
  begun.renameModels(() => [['post', 'Post']])
  begun.authorization((allow) => [allow.publicApiKey()])
  expect(() => begun.transform()).toThrow('The model post has no authorization rules')
})

test('what an SQL schema cannot do is named', () => {
  const begun = configure({ database }).schema({
    post: a.model({ id: a.integer().required() }).identifier(['id']),
  })
  expect(() => begun.addToSchema({ More: a.model({}) } as never)).toThrow('"More" is a model')
  expect(() => begun.renameModels(() => [['past' as never, 'Past']])).toThrow('"past", which is not a model')
  expect(() => configure({ database: { engine: 'oracle' as 'mysql' } })).toThrow(
    'dynamodb, mysql or postgresql',
  )
  expect(() =>
    a.schema({
      x: a
        .query()
        .returns(a.string())
        .handler(a.handler.inlineSql('SELECT 1'))
        .authorization((allow) => [allow.publicApiKey()]),
    }),
  ).toThrow("x has a statement of SQL as handler, but the schema's database is DynamoDB")
})
