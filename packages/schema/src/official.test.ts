// The official builder makes the same of the same words. What is compared is whole SDLs, so that our own idea of them
// cannot be wrong unnoticed.

import { a as official } from '@aws-amplify/data-schema'
import { expect, test } from 'vitest'
import { a } from './index.js'

type Build = (builder: typeof a) => { transform(): { schema: string } }

const schemas: Record<string, Build> = {
  'a starter': (a) =>
    a.schema({ Todo: a.model({ content: a.string() }).authorization((allow) => [allow.publicApiKey()]) }),
  'rules with claims, providers and operations, on schema, model and field': (a) =>
    a
      .schema({
        Note: a
          .model({
            text: a.string().authorization((allow) => [allow.owner().to(['read', 'update'])]),
            kind: a.ref('Kind').authorization((allow) => [allow.group('Admin')]),
            pages: a
              .hasMany('Page', 'noteId')
              .authorization((allow) => [allow.owner('oidc').identityClaim('sub')]),
          })
          .authorization((allow) => [
            allow.owner('userPools').identityClaim('user_id').to(['create', 'read']),
            allow.groupsDefinedIn('teams').withClaimIn('my:teams'),
            allow.groups(['A', 'B'], 'oidc').to(['delete']),
            allow.authenticated('oidc'),
            allow.custom('function').to(['get', 'list', 'listen', 'sync', 'search']),
          ]),
        Page: a.model({ noteId: a.id(), note: a.belongsTo('Note', 'noteId') }),
        Kind: a.enum(['LONG', 'SHORT']),
      })
      .authorization((allow) => [allow.guest().to(['read']), allow.ownersDefinedIn('writers')]),
  'identifiers, declared ids and indexes': (a) =>
    a
      .schema({
        Plain: a.model({ id: a.id().required(), x: a.string() }),
        Named: a
          .model({ name: a.string().required(), rank: a.integer().required(), at: a.datetime().required() })
          .identifier(['name', 'rank', 'at'])
          .secondaryIndexes((index) => [index('name').queryField('byName'), index('rank').name('ranks')]),
        Loose: a
          .model({ key: a.id(), state: a.ref('State') })
          .identifier(['key'])
          .secondaryIndexes((index) => [
            index('key').sortKeys(['state']),
            index('key').queryField(null).name('quiet'),
            index('state'),
          ]),
        State: a.enum(['ON', 'OFF']),
      })
      .authorization((allow) => [allow.publicApiKey()]),
  'disabled operations': (a) =>
    a
      .schema({
        A: a.model({ x: a.id() }).disableOperations(['mutations', 'create', 'get']),
        B: a.model({ x: a.id() }).disableOperations(['onCreate', 'onDelete', 'update', 'list']),
        C: a.model({ x: a.id() }).disableOperations(['delete', 'subscriptions', 'queries']),
      })
      .authorization((allow) => allow.authenticated()),
  'nested types, lists and defaults': (a) =>
    a
      .schema({
        Shape: a.customType({
          corners: a.ref('Corner').required().array().required(),
          style: a.customType({ colour: a.enum(['RED', 'BLUE']), width: a.float().required().array() }),
        }),
        Corner: a.customType({ x: a.float().required(), tag: a.enum(['IN', 'OUT']) }),
        Drawing: a.model({
          shapes: a.ref('Shape').array(),
          main: a.ref('Shape').required(),
          frame: a.customType({ inner: a.customType({ deep: a.json() }) }),
          on: a.boolean().default(false),
          zero: a.integer().default(0),
          half: a.float().required().default(0.5),
          word: a.string().default('plain'),
          when: a.datetime().default('2026-11-21T00:00:00Z'),
        }),
      })
      .authorization((allow) => [allow.publicApiKey()]),
  'relations of every kind': (a) =>
    a
      .schema({
        User: a.model({
          cart: a.hasOne('Cart', 'userId').required(),
          written: a.hasMany('Post', 'authorId').valueRequired(),
          edited: a.hasMany('Post', ['editorId']),
          friends: a.hasMany('User', 'friendId'),
          friendId: a.id(),
          friend: a.belongsTo('User', 'friendId'),
        }),
        Cart: a.model({ userId: a.id().required(), user: a.belongsTo('User', 'userId') }),
        Post: a.model({
          authorId: a.id(),
          author: a.belongsTo('User', 'authorId'),
          editorId: a.string(),
          editor: a.belongsTo('User', 'editorId'),
        }),
      })
      .authorization((allow) => [allow.owner()]),
}

test.each(Object.entries(schemas))('%s: the official builder says the same', (_, build) => {
  expect(build(a).transform().schema).toBe(build(official as unknown as typeof a).transform().schema)
})

const mistakes: Record<string, Build> = {
  'an unknown model': (a) => a.schema({ A: a.model({ bId: a.id(), b: a.belongsTo('B', 'bId') }) }),
  'a missing side': (a) =>
    a.schema({ A: a.model({ bId: a.id(), b: a.belongsTo('B', 'bId') }), B: a.model({}) }),
  'a missing reference field': (a) =>
    a.schema({ A: a.model({ b: a.belongsTo('B', 'bId') }), B: a.model({ as: a.hasMany('A', 'bId') }) }),
  'a reference field of another type': (a) =>
    a.schema({
      A: a.model({ bId: a.float(), b: a.belongsTo('B', 'bId') }),
      B: a.model({ as: a.hasMany('A', 'bId') }),
    }),
  'an unknown ref': (a) => a.schema({ A: a.model({ x: a.ref('X') }) }),
  'a ref to a model': (a) => a.schema({ A: a.model({ x: a.ref('X') }), X: a.model({}) }),
  'a nullable identifier': (a) => a.schema({ A: a.model({ x: a.string() }).identifier(['x']) }),
  'an enum value with a space': (a) => a.schema({ A: a.enum(['a b']) }),
  'an index on a custom type': (a) =>
    a.schema({
      A: a.model({ x: a.ref('X') }).secondaryIndexes((index) => [index('x')]),
      X: a.customType({ y: a.id() }),
    }),
  'an owner field that holds no name': (a) =>
    a.schema({ A: a.model({ owner: a.integer() }).authorization((allow) => [allow.owner()]) }),
}

test.each(Object.entries(mistakes))('%s: the official builder refuses it too', (_, build) => {
  const all = (builder: typeof a) => {
    const schema = build(builder) as ReturnType<typeof a.schema>
    return schema.authorization((allow) => [allow.publicApiKey()]).transform()
  }
  expect(() => all(a)).toThrow()
  expect(() => all(official as unknown as typeof a)).toThrow()
})

test('a model without rules: the official builder refuses it too', () => {
  const build: Build = (a) => a.schema({ A: a.model({}) })
  expect(() => build(a).transform()).toThrow('The model A has no authorization rules')
  expect(() => build(official as unknown as typeof a).transform()).toThrow()
})
