// What the compiler says of a mistake: at the property, and in five lines at most.

import { expect, test } from 'vitest'
import { type Complaint, complaints, nativeComplaints, PATIENCE } from './compiler.fixture.js'
import { generateTypes } from './generate.js'
import { schema } from './shop.fixture.js'

/** One mistake each: what is underlined, or how it begins, and what the message must say. */
const calls: [mistake: string, at: string, says: RegExp][] = [
  ["client.models.Employee.create({ nmae: 'Ada', name: 'Ada' })", 'nmae', /'nmae' does not exist in type/],
  ['client.models.Employee.create({ name: 1 })', 'name', /'number' is not assignable to type 'string'/],
  [
    "client.models.Customer.update({ customerId: 'c', level: 'PLATINUM' })",
    'level',
    /"PLATINUM"' is not assignable/,
  ],
  ["client.models.Employee.update({ name: 'Ada' })", "{ name: 'Ada' }", /'id' is missing/],
  ["client.models.Order.get({ region: 'eu' })", "{ region: 'eu' }", /'number' is missing/],
  ["client.models.Order.update({ number: 1, team: 'a' })", "{ number: 1, team: 'a' }", /'region' is missing/],
  [
    "client.models.Order.delete({ region: 'eu', number: '1' })",
    'number',
    /'string' is not assignable to type 'number'/,
  ],
  [
    "client.models.Customer.list({ filter: { name: { startsWith: 'A' } } })",
    'startsWith',
    /'startsWith' does not exist/,
  ],
  ["client.models.Customer.list({ filter: { nmae: { eq: 'A' } } })", 'nmae', /'nmae' does not exist/],
  ["client.models.Customer.list({ filter: { level: { eq: 'GOD' } } })", 'eq', /"GOD"' is not assignable/],
  ["client.models.Customer.list({ selectionSet: ['nmae'] })", "'nmae'", /"nmae"' is not assignable/],
  [
    "client.models.Customer.list({ selectionSet: ['orders.custmer.name'] })",
    "'orders.custmer.name'",
    /"orders\.customer\./,
  ],
  ['client.models.Custmer.list()', 'Custmer', /did you mean 'Customer'/i],
  ['client.models.OrderLine.delete({})', 'delete', /'delete' does not exist/],
  ["client.queries.totalFor({ region: 'eu', status: 'LOST' })", 'status', /"LOST"' is not assignable/],
  ["client.queries.totalFor({ regoin: 'eu' })", 'regoin', /'regoin' does not exist in type/],
  ["client.models.Cart.list({ authMode: 'userPools' })", 'authMode', /Did you mean '"userPool"'/],
]

/** Each mistake is said once, at its place and in five lines at most. */
function expectEach(mistakes: [mistake: string, at: string, says: RegExp][], found: Complaint[]) {
  expect(found.map(({ at }, index) => at.slice(0, mistakes[index]?.[1].length))).toEqual(
    mistakes.map(([, at]) => at),
  )
  for (const [index, { lines }] of found.entries()) {
    expect(lines.join('\n')).toMatch(mistakes[index]![2])
    expect(lines.length, lines.join('\n')).toBeLessThanOrEqual(5)
  }
}

const complaintsOf = (texts: Record<string, string>) => complaints([], texts)
const generated = generateTypes(schema, { from: './index.js' })

test.each([
  ['inferred types', 'TypeScript 6', undefined],
  ['generated types', 'TypeScript 6', generated],
  ['inferred types', 'TypeScript 7', undefined],
  ['generated types', 'TypeScript 7', generated],
])(
  'a mistake in a call is named where it stands, with %s and %s',
  { timeout: PATIENCE },
  (_, version, types) => {
    const ask = version === 'TypeScript 7' ? nativeComplaints : complaintsOf
    const texts = {
      'calls.ts': `
    import type { Client } from './index.js'
    import type { Schema } from './shop.types.fixture.js'
    declare const client: Client<Schema>
    ${calls.map(([call]) => `void ${call}`).join('\n')}`,
      ...(types && { 'shop.types.fixture.ts': types }),
    }
    expectEach(calls, ask(texts))
  },
)

const models: [mistake: string, at: string, says: RegExp][] = [
  [
    "a.schema({ Post: a.model({ authorId: a.id(), author: a.belongsTo('Autor', 'authorId') }) })",
    'Post',
    /Post\.author is related to Autor, which is not a model of the schema/,
  ],
  [
    "a.schema({ Post: a.model({ authorId: a.id(), author: a.belongsTo('Author', 'authorId') }), Author: a.model({}) })",
    'Post',
    /Post\.author has no other side: add a\.hasMany or a\.hasOne\('Post', 'authorId'\) to Author/,
  ],
  [
    "a.schema({ Post: a.model({}), Author: a.model({ posts: a.hasMany('Post', 'authorId') }) })",
    'Author',
    /Author\.posts has no other side: add a\.belongsTo\('Author', 'authorId'\) to Post/,
  ],
  [
    "a.schema({ Post: a.model({ authorId: a.integer(), author: a.belongsTo('Author', 'authorId') }), Author: a.model({ posts: a.hasMany('Post', 'authorId') }) })",
    'Post',
    /Post\.author goes by authorId, which is not of the type of the identifier of Author/,
  ],
  [
    "a.schema({ Post: a.model({ author: a.belongsTo('Author', 'authorId') }), Author: a.model({ posts: a.hasMany('Post', 'authorId') }) })",
    'Post',
    /Post\.author goes by authorId, which is not a field of the model/,
  ],
  [
    "a.schema({ Line: a.model({ region: a.string(), order: a.belongsTo('Order', ['region']) }), Order: a.model({ region: a.string().required(), number: a.integer().required(), lines: a.hasMany('Line', ['region']) }).identifier(['region', 'number']) })",
    'Line',
    /Line\.order goes by region, which is not of the type of the identifier of Order/,
  ],
  ['a.model({ name: a.string })', 'a.string', /is not assignable to type 'AnyField'/],
  ['a.schema({ name: a.string() })', 'name', /is not assignable to type 'SchemaType'/],
  [
    "a.model({ name: a.string() }).secondaryIndexes((index) => [index('nmae')])",
    "'nmae'",
    /"nmae"' is not assignable to parameter of type '"name"'/,
  ],
  [
    "a.model({ name: a.string() }).identifier(['nmae'])",
    "'nmae'",
    /"nmae"' is not assignable to type '"name"'/,
  ],
  [
    'a.query().returns(a.string()).handler([a.handler.function("f"), a.handler.custom({ entry: "./f.js" })])',
    'a.handler.',
    /is not assignable to type '(Custom|AsyncFunction|Function)Handler/,
  ],
  [
    'a.query().returns(a.string()).handler(a.handler.custom({ entry: "./f.js" })).authorization((allow) => [allow.guest()])',
    'guest',
    /'guest' does not exist on type 'CustomHandlerAllow'/,
  ],
  [
    'a.query().returns(a.string()).authorization((allow) => [allow.guest()]).handler(a.handler.custom({ entry: "./f.js" }))',
    'a.handler.custom({ entry: "./f.js" })',
    /a\.handler\.custom\(\) does not go with allow\.guest\(\)/,
  ],
  [
    'a.query().returns(a.string()).handler(a.handler.custom({ entry: "./f.js" })).authorization((allow) => [allow.authenticated("identityPool")])',
    '"identityPool"',
    /"identityPool"' is not assignable/,
  ],
  [
    'a.model({}).authorization((allow) => [allow.resource({})])',
    'resource',
    /'resource' does not exist on type 'Allow'/,
  ],
]

test.each(['TypeScript 6', 'TypeScript 7'])(
  'a mistake in a schema is named where it stands, with %s',
  {
    timeout: PATIENCE,
  },
  (version) => {
    const ask = version === 'TypeScript 7' ? nativeComplaints : complaintsOf
    const texts = {
      'mistakes.ts': `
    import { a } from './index.js'
    ${models.map(([mistake]) => `void ${mistake}`).join('\n')}`,
    }
    expectEach(models, ask(texts))
  },
)
