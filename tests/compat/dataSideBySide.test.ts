import { startSandbox } from '@backline/sandbox'
import { Amplify } from 'aws-amplify'
import { generateClient as theirs } from 'aws-amplify/data'
import { createAmplifyContext } from 'backline'
import { defineBackend, defineData } from 'backline/backend'
import { generateClient as ours } from 'backline/data'
import { a } from 'backline/schema'
import { afterAll, beforeAll, expect, test } from 'vitest'

// The same calls by the official aws-amplify and by ours, on one sandbox: what the one answers, the other does. Where ours is
// meant to be otherwise (JSON as the value it is, keys that are missing told without asking), `told` makes it alike, or there is no line.

const schema = a
  .schema({
    Level: a.enum(['LOW', 'HIGH']),
    Place: a.customType({ street: a.string().required(), kind: a.enum(['HOME', 'WORK']), meta: a.json() }),
    Post: a
      .model({
        title: a.string().required(),
        level: a.ref('Level'),
        place: a.ref('Place'),
        places: a.ref('Place').array(),
        score: a.float().default(1.5),
        meta: a.json(),
        tags: a.string().array(),
        n: a.integer(),
        when: a.datetime(),
        comments: a.hasMany('Comment', 'postId'),
        cover: a.hasOne('Cover', 'postId'),
        secret: a.string().authorization((allow) => [allow.authenticated()]),
      })
      .secondaryIndexes((index) => [
        index('level').sortKeys(['title']),
        index('n').sortKeys(['title', 'score']).queryField('byN'),
      ]),
    Comment: a.model({ text: a.string(), postId: a.id(), post: a.belongsTo('Post', 'postId') }),
    Cover: a.model({ url: a.url(), postId: a.id(), post: a.belongsTo('Post', 'postId') }),
    Seat: a
      .model({
        hall: a.string().required(),
        row: a.integer().required(),
        name: a.string().required(),
        note: a.string(),
        bookings: a.hasMany('Booking', ['hall', 'row', 'name']),
      })
      .identifier(['hall', 'row', 'name']),
    Booking: a.model({
      hall: a.string(),
      row: a.integer(),
      name: a.string(),
      seat: a.belongsTo('Seat', ['hall', 'row', 'name']),
    }),
    Sku: a.model({ code: a.id().required(), label: a.string() }).identifier(['code']),
    Locked: a.model({ a: a.string() }).authorization((allow) => [allow.authenticated()]),
  })
  .authorization((allow) => [allow.publicApiKey()])

// biome-ignore lint/suspicious/noExplicitAny: what is asked here, types would forbid.
type Client = any

/** Each with rows of its own, whose keys begin with `p`; in order, for what one makes the next may ask for. */
const calls: Record<string, (client: Client, p: string) => unknown> = {
  models: ({ models }) => Object.keys(models).sort(),
  enums: ({ enums }) => [Object.keys(enums), enums.Level.values()],
  'no operations of its own': ({ queries, mutations, subscriptions }) =>
    [queries, mutations, subscriptions].map(Object.keys),
  create: ({ models }, p) =>
    models.Post.create({
      ...{
        id: `${p}1`,
        title: 'One',
        level: 'HIGH',
        tags: ['x', 'y'],
        n: 1,
        when: '2024-01-01T00:00:00.000Z',
      },
      ...{
        place: { street: 'Main', kind: 'HOME' },
        places: [{ street: 'A' }, { street: 'B' }],
        meta: '{"a":[1]}',
      },
    }),
  'create another': ({ models }, p) =>
    models.Post.create({ id: `${p}2`, title: 'Two', level: 'LOW', n: 1, score: 2.5 }),
  'create what is there': ({ models }, p) => models.Post.create({ id: `${p}1`, title: 'One' }),
  'create without what is required': ({ models }, p) => models.Post.create({ id: `${p}x` }),
  'create with no value of the enum': ({ models }, p) =>
    models.Post.create({ id: `${p}x`, title: 'x', level: 'NONE' }),
  'create with another type': ({ models }, p) => models.Post.create({ id: `${p}x`, title: 'x', n: 'many' }),
  'create with an unknown field': ({ models }, p) => models.Post.create({ id: `${p}x`, title: 'x', nope: 1 }),
  'create with nothing': ({ models }, p) =>
    models.Post.create({ id: `${p}3`, title: 'Three', level: null, place: null, tags: null, n: 3 }),
  'create without its key': ({ models }) => models.Sku.create({}),
  'create without an input': ({ models }) => models.Sku.create(),
  'create and select': ({ models }, p) =>
    models.Post.create(
      { id: `${p}4`, title: 'Four', n: 4 },
      { selectionSet: ['id', 'title', 'place.street', 'comments.text'] },
    ),
  'create what may not be written': ({ models }, p) =>
    models.Post.create({ id: `${p}5`, title: 'Five', secret: 's' }),
  get: ({ models }, p) => models.Post.get({ id: `${p}1` }),
  'get what is not there': ({ models }, p) => models.Post.get({ id: `${p}none` }),
  'get and select': ({ models }, p) =>
    models.Post.get({ id: `${p}1` }, { selectionSet: ['title', 'place.*', 'comments.*', 'cover.url'] }),
  'get what may not be read': ({ models }, p) =>
    models.Post.get({ id: `${p}1` }, { selectionSet: ['id', 'secret'] }),
  'create by reference': ({ models }, p) =>
    models.Comment.create({ id: `${p}1`, text: 'hi', postId: `${p}1` }),
  'create by row': async ({ models }, p) =>
    models.Comment.create({ id: `${p}2`, text: 'ho', post: (await models.Post.get({ id: `${p}1` })).data }),
  'create the one': ({ models }, p) =>
    models.Cover.create({ id: `${p}1`, url: 'https://x.org/a', postId: `${p}1` }),
  'its many': async ({ models }, p) => (await models.Post.get({ id: `${p}1` })).data.comments(),
  'its one': async ({ models }, p) => (await models.Post.get({ id: `${p}1` })).data.cover(),
  'whose it is': async ({ models }, p) => (await models.Comment.get({ id: `${p}1` })).data.post(),
  'whose it is: nobody': async ({ models }, p) => (await models.Comment.create({ id: `${p}8` })).data.post(),
  'whose it is: somebody gone': async ({ models }, p) =>
    (await models.Comment.create({ id: `${p}9`, postId: 'gone' })).data.post(),
  update: ({ models }, p) => models.Post.update({ id: `${p}1`, title: 'Uno', level: null }),
  'update what is not there': ({ models }, p) => models.Post.update({ id: `${p}none`, title: 'x' }),
  'update nothing in particular': ({ models }) => models.Post.update({ title: 'x' }),
  'update what is required to null': ({ models }, p) => models.Post.update({ id: `${p}1`, title: null }),
  'update and leave alone': ({ models }, p) => models.Post.update({ id: `${p}1`, title: undefined, n: 7 }),
  'by index': ({ models }, p) =>
    models.Post.listPostByLevelAndTitle({ level: 'LOW' }, { filter: { id: { beginsWith: p } } }),
  'by index, the other way': ({ models }, p) =>
    models.Post.listPostByLevelAndTitle(
      { level: 'LOW', title: { beginsWith: 'T' } },
      { filter: { id: { beginsWith: p } }, sortDirection: 'DESC' },
    ),
  'by index of several': ({ models }, p) =>
    models.Post.byN(
      { n: 1, titleScore: { beginsWith: { title: 'Two' } } },
      { filter: { id: { beginsWith: p } } },
    ),
  'by index without a key': ({ models }) => models.Post.byN({}),
  'list some': ({ models }, p) =>
    models.Post.list({
      filter: { and: [{ id: { beginsWith: p } }, { or: [{ n: { eq: 7 } }, { title: { contains: 'Th' } }] }] },
      selectionSet: ['id', 'title'],
    }),
  'list others': ({ models }, p) =>
    models.Post.list({ filter: { id: { beginsWith: p }, not: { n: { gt: 1 } } }, selectionSet: ['id'] }),
  'list none': ({ models }) => models.Post.list({ filter: { id: { eq: 'nothing' } } }),
  'list by an unknown operator': ({ models }) => models.Post.list({ filter: { title: { like: 'x' } } }),
  'list by an unknown field': ({ models }) => models.Post.list({ filter: { nope: { eq: 1 } } }),
  'list from nowhere': ({ models }) => models.Post.list({ nextToken: 'nonsense' }),
  'list what may not be read': ({ models }, p) =>
    models.Post.list({ filter: { id: { eq: `${p}1` } }, selectionSet: ['id', 'secret'] }),
  'list a model that is shut': ({ models }) => models.Locked.list(),
  'create in a model that is shut': ({ models }) => models.Locked.create({ a: 'x' }),
  'get of a model that is shut': ({ models }) => models.Locked.get({ id: 'x' }),
  'create by three keys': ({ models }, p) => models.Seat.create({ hall: p, row: 1, name: 'A', note: 'n' }),
  'create by three more': ({ models }, p) => models.Seat.create({ hall: p, row: 2, name: 'B' }),
  'get by three keys': ({ models }, p) => models.Seat.get({ hall: p, row: 1, name: 'A' }),
  'list by one key': ({ models }, p) => models.Seat.list({ hall: p, sortDirection: 'DESC' }),
  'list from a key on': ({ models }, p) =>
    models.Seat.list({ hall: p, rowName: { ge: { row: 2, name: 'A' } } }),
  'create by a row of three keys': async ({ models }, p) =>
    models.Booking.create({
      id: `${p}1`,
      seat: (await models.Seat.get({ hall: p, row: 1, name: 'A' })).data,
    }),
  'many by three keys': async ({ models }, p) =>
    (await models.Seat.get({ hall: p, row: 1, name: 'A' })).data.bookings(),
  'one by three keys': async ({ models }, p) => (await models.Booking.get({ id: `${p}1` })).data.seat(),
  'delete by three keys': ({ models }, p) => models.Seat.delete({ hall: p, row: 1, name: 'A' }),
  'create by its own key': ({ models }, p) => models.Sku.create({ code: p, label: 'l' }),
  'update by a whole row': async ({ models }, p) =>
    models.Sku.update({ ...(await models.Sku.get({ code: p })).data, label: 'm' }),
  'delete by a whole row': async ({ models }, p) =>
    models.Post.delete((await models.Post.get({ id: `${p}2` })).data),
  'delete what is not there': ({ models }, p) => models.Post.delete({ id: `${p}none` }),
  'ask by a text': (client, p) =>
    client.graphql({
      query: 'query ($code: ID!) { getSku(code: $code) { code label } }',
      variables: { code: p },
    }),
  'ask by a text for what is not there': (client) => client.graphql({ query: '{ nope }' }),
  'ask by a text for what may not be read': (client, p) =>
    client.graphql({ query: `{ getPost(id: "${p}1") { id secret } }` }),
  cancel: async (client) => {
    const asked = client.models.Post.list()
    client.cancel(asked, 'stop')
    return asked.catch((error: Error) => [error.message, client.isCancelError(error)])
  },
  'ask as nobody who is signed in': ({ models }) => models.Sku.list({ authMode: 'userPool' }),
  'ask without a token': ({ models }) => models.Sku.list({ authMode: 'lambda' }),
}

let sandbox: Awaited<ReturnType<typeof startSandbox>>
let clients: Client[]
beforeAll(async () => {
  const data = defineData({ schema, authorizationModes: { defaultAuthorizationMode: 'apiKey' } })
  sandbox = await startSandbox({ backend: defineBackend({ data }) })
  type Outputs = Parameters<typeof createAmplifyContext>[0]
  Amplify.configure(sandbox.outputs as Parameters<typeof Amplify.configure>[0])
  clients = [theirs(), ours({}, createAmplifyContext(sandbox.outputs as Outputs))]
})
afterAll(() => sandbox.stop())

/** Without what is another each time, and without whose rows they are. */
function told(value: unknown, name = ''): unknown {
  if (typeof value === 'function') return 'function'
  if (typeof value === 'string' && name === 'meta') return JSON.parse(value)
  if (typeof value === 'string')
    return name === 'nextToken' ? 'more' : value.replace(/^(their|our)s-|[\da-f-]{36}/g, '')
  if (Array.isArray(value)) return value.map((each) => told(each))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(
        ([key, each]) =>
          !/^(createdAt|updatedAt|locations)$/.test(key) && !(key === 'nextToken' && each === null),
      )
      .map(([key, each]) => [key, told(each, key)]),
  )
}

test.each(Object.entries(calls))('%s', async (_, call) => {
  const answers = await Promise.all(
    clients.map((client, at) =>
      Promise.resolve()
        .then(() => call(client, ['theirs-', 'ours-'][at]!))
        .then(
          (answer) => told(answer),
          ({ errors }: { errors?: { message: string; errorType?: string }[] }) => ({
            thrown: errors?.map(({ message, errorType }) => [message, errorType]),
          }),
        ),
    ),
  )
  expect(answers[1]).toEqual(answers[0])
})
