// The official builder makes the same of the same words. What is compared is whole SDLs, so that our own idea of them
// cannot be wrong unnoticed.

import { a as official } from '@aws-amplify/data-schema'
import { expect, test } from 'vitest'
import { a, type Loose } from './loose.fixture.js'

type Build = (builder: Loose) => { transform(): { schema: string } }

/** Everything but the lines that named files, which are other lines there. */
function transformed(schema: { transform(): object }): unknown {
  return JSON.parse(
    JSON.stringify(schema.transform(), (key, value) => (key === 'importLine' ? undefined : value)),
  )
}

/** What the official builder takes for what `defineFunction` returns. */
const fn = { getInstance: () => undefined }
const resolver = { entry: './resolver.js' }

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
            index('state').sortKeys(['key']),
            index('state').queryField(null).name('quiet'),
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
  'operations with functions, files and pipelines': (a) =>
    a
      .schema({
        Shape: a.customType({
          name: a.string().required(),
          kind: a.enum(['ROUND', 'SQUARE']),
          at: a.customType({ x: a.float().required(), unit: a.enum(['MM', 'CM']) }),
          parts: a.ref('Part').array(),
        }),
        Part: a.customType({ size: a.integer().default(1) }),
        Colour: a.enum(['RED', 'BLUE']),
        Note: a.model({ text: a.string() }).authorization((allow) => [allow.owner()]),
        scalar: a.query().returns(a.string()).handler(a.handler.function('one')),
        listed: a
          .query()
          .arguments({ shape: a.ref('Shape').required(), more: a.ref('Shape').array() })
          .returns(a.ref('Shape').required().array().required())
          .handler([a.handler.function('one'), a.handler.function(fn)])
          .authorization((allow) => [allow.publicApiKey(), allow.groups(['A', 'B'])]),
        given: a
          .mutation()
          .arguments({
            inline: a.customType({
              x: a.float().required(),
              tone: a.enum(['HIGH', 'LOW']),
              of: a.ref('Part'),
            }),
            mood: a.enum(['GOOD', 'BAD']),
            colour: a.ref('Colour').required(),
            count: a.integer().required().default(3),
          })
          .returns(a.enum(['YES', 'NO']))
          .handler(a.handler.function(fn))
          .authorization((allow) => allow.custom()),
        rows: a
          .query()
          .returns(a.ref('Note').array())
          .handler([
            a.handler.custom({ dataSource: a.ref('Note'), entry: './first.js' }),
            a.handler.custom({ dataSource: 'Search', entry: '/somewhere/second.js' }),
          ])
          .authorization((allow) => [
            allow.authenticated('oidc'),
            allow.group('A'),
            allow.groups(['B', 'A']),
            allow.custom('function'),
          ]),
        nested: a
          .query()
          .returns(a.customType({ shape: a.ref('Shape'), deep: a.customType({ n: a.integer() }) }))
          .handler(a.handler.custom(resolver))
          .authorization((allow) => [allow.publicApiKey()]),
        later: a
          .mutation()
          .arguments({ id: a.id().required() })
          .handler([a.handler.function(fn), a.handler.function(fn).async()])
          .authorization((allow) => [allow.authenticated()]),
        soon: a
          .query()
          .handler(a.handler.function(fn).async())
          .authorization((allow) => [allow.guest(), allow.authenticated('identityPool')]),
      })
      .authorization((allow) => [allow.group('Everyone')]),
  subscriptions: (a) =>
    a
      .schema({
        Note: a.model({ text: a.string() }),
        Said: a.customType({ text: a.string() }),
        say: a.mutation().returns(a.ref('Said')).handler(a.handler.function('say')),
        shout: a.mutation().returns(a.ref('Said')).handler(a.handler.function('shout')),
        whisper: a
          .mutation()
          .returns(a.customType({ text: a.string() }))
          .handler(a.handler.custom(resolver)),
        heard: a
          .subscription()
          .for([a.ref('say'), a.ref('shout')])
          .handler(a.handler.custom(resolver))
          .authorization((allow) => [allow.publicApiKey()]),
        whispered: a.subscription().for(a.ref('whisper')).handler(a.handler.custom(resolver)),
        noted: a
          .subscription()
          .for(a.ref('Note').mutations(['create', 'update', 'delete']))
          .arguments({ text: a.string().required() })
          .handler(a.handler.custom(resolver)),
      })
      .authorization((allow) => [allow.authenticated()]),
  'routes of AI': (a) =>
    a
      .schema({
        Note: a.model({ text: a.string() }),
        Recipe: a.customType({ name: a.string(), steps: a.string().array() }),
        weather: a
          .query()
          .arguments({ city: a.string() })
          .returns(a.string())
          .handler(a.handler.function(fn)),
        plain: a
          .conversation({ aiModel: a.ai.model('Claude 3 Haiku'), systemPrompt: 'Be kind.\nAnd short.' })
          .authorization((allow) => allow.owner()),
        equipped: a
          .conversation({
            aiModel: { resourcePath: 'some.model-v1:0' },
            systemPrompt: 'Help.',
            inferenceConfiguration: { temperature: 0, maxTokens: 100, topP: 1 },
            handler: { eventVersion: '1.0', ...fn } as never,
            tools: [
              a.ai.dataTool({
                name: 'notes',
                description: 'Finds notes',
                model: a.ref('Note'),
                modelOperation: 'list',
              }),
              a.ai.dataTool({ name: 'weather', description: 'The weather', query: a.ref('weather') }),
            ],
          })
          .authorization((allow) => [allow.owner()]),
        cook: a
          .generation({ aiModel: a.ai.model('Amazon Nova Pro'), systemPrompt: 'Cook\nsomething.' })
          .arguments({ things: a.string().required().array() })
          .returns(a.ref('Recipe'))
          .authorization((allow) => [allow.authenticated('identityPool')]),
        name: a
          .generation({
            aiModel: a.ai.model('Mistral Small'),
            systemPrompt: 'Name it.',
            inferenceConfiguration: { maxTokens: 5 },
          })
          .returns(a.string()),
      })
      .authorization((allow) => [allow.publicApiKey()]),
  'functions that may call, validation and projections': (a) =>
    a
      .schema({
        Todo: a
          .model({
            title: a
              .string()
              .required()
              .validate((value) => value.minLength(3, 'Too "short"').matches('^[a-z]+$')),
            rank: a.integer().validate((value) => value.positive().lte(10, 'Too high')),
            size: a
              .float()
              .default(2.5)
              .validate((value) => value.gt(0.5).negative()),
            site: a.url(),
          })
          .secondaryIndexes((index) => [
            index('title').projection('KEYS_ONLY'),
            index('rank').sortKeys(['size']).projection('INCLUDE', ['site']).name('ranked'),
            index('site').projection('ALL'),
          ]),
      })
      .authorization((allow) => [
        allow.resource(fn),
        allow.owner(),
        allow.resource({ ...fn }).to(['query', 'listen']),
      ]),
}

test.each(Object.entries(schemas))('%s: the official builder says the same', (_, build) => {
  const ours = build(a)
  const theirs = build(official as unknown as Loose)
  expect(ours.transform().schema).toBe(theirs.transform().schema)
  expect(transformed(ours)).toEqual(transformed(theirs))
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
  'an enum that identifies': (a) =>
    a.schema({
      A: a.model({ x: a.ref('X').required(), y: a.id().required() }).identifier(['x', 'y']),
      X: a.enum(['ONE']),
    }),
  'an enum value with a space': (a) => a.schema({ A: a.enum(['a b']) }),
  'an index on a custom type': (a) =>
    a.schema({
      A: a.model({ x: a.ref('X') }).secondaryIndexes((index) => [index('x')]),
      X: a.customType({ y: a.id() }),
    }),
  'an owner field that holds no name': (a) =>
    a.schema({ A: a.model({ owner: a.integer() }).authorization((allow) => [allow.owner()]) }),
}

const operationMistakes: Record<string, Build> = {
  'a handler without rules': (a) =>
    a.schema({ x: a.query().returns(a.string()).handler(a.handler.function('f')) }),
  'rules without a handler': (a) =>
    a.schema({
      x: a
        .query()
        .returns(a.string())
        .authorization((allow) => [allow.publicApiKey()]),
    }),
  'mixed handlers': (a) =>
    a.schema({
      x: a
        .query()
        .returns(a.string())
        .handler([a.handler.function('f'), a.handler.custom(resolver)] as never)
        .authorization((allow) => [allow.publicApiKey()]),
    }),
  'no return type': (a) =>
    a.schema({
      x: a
        .query()
        .handler(a.handler.function('f'))
        .authorization((allow) => [allow.publicApiKey()]),
    }),
  'guests of a custom handler': (a) =>
    a.schema({
      x: a
        .query()
        .returns(a.string())
        .handler(a.handler.custom(resolver))
        .authorization(((allow: { guest(): unknown }) => [allow.guest()]) as never),
    }),
  'groups of OpenID Connect of a custom handler': (a) =>
    a.schema({
      x: a
        .query()
        .returns(a.string())
        .handler(a.handler.custom(resolver))
        .authorization(((allow: { group(name: string, by: string): unknown }) => [
          allow.group('A', 'oidc'),
        ]) as never),
    }),
  'owners of a custom handler': (a) =>
    a
      .schema({ x: a.query().returns(a.string()).handler(a.handler.custom(resolver)) })
      .authorization((allow) => [allow.owner()]) as never,
  'a subscription for nothing': (a) =>
    a.schema({
      x: a
        .subscription()
        .handler(a.handler.custom(resolver))
        .authorization((allow) => [allow.publicApiKey()]),
    }),
  'a subscription for a model without its mutations': (a) =>
    a.schema({
      Todo: a.model({}).authorization((allow) => [allow.publicApiKey()]),
      x: a
        .subscription()
        .for(a.ref('Todo'))
        .handler(a.handler.custom(resolver))
        .authorization((allow) => [allow.publicApiKey()]),
    }),
  'a subscription for a query': (a) =>
    a.schema({
      y: a
        .query()
        .returns(a.string())
        .handler(a.handler.function('f'))
        .authorization((allow) => [allow.publicApiKey()]),
      x: a
        .subscription()
        .for(a.ref('y'))
        .handler(a.handler.custom(resolver))
        .authorization((allow) => [allow.publicApiKey()]),
    }),
  'a subscription for mutations that answer differently': (a) =>
    a.schema({
      y: a
        .mutation()
        .returns(a.string())
        .handler(a.handler.function('f'))
        .authorization((allow) => [allow.publicApiKey()]),
      z: a
        .mutation()
        .returns(a.integer())
        .handler(a.handler.function('f'))
        .authorization((allow) => [allow.publicApiKey()]),
      x: a
        .subscription()
        .for([a.ref('y'), a.ref('z')])
        .handler(a.handler.custom(resolver))
        .authorization((allow) => [allow.publicApiKey()]),
    }),
  'a conversation without an owner': (a) =>
    a.schema({ x: a.conversation({ aiModel: a.ai.model('Claude 3 Haiku'), systemPrompt: '' }) }),
  'a tool with a name of its own kind': (a) =>
    a.schema({
      x: a
        .conversation({
          aiModel: a.ai.model('Claude 3 Haiku'),
          systemPrompt: 'x',
          tools: [a.ai.dataTool({ name: '1st', description: '', query: a.ref('y') })],
        })
        .authorization((allow) => allow.owner()),
    }),
}

test.each(Object.entries(operationMistakes))('%s: the official builder refuses it too', (_, build) => {
  expect(() => build(a).transform()).toThrow()
  expect(() => build(official as unknown as Loose).transform()).toThrow()
})

test.each(Object.entries(mistakes))('%s: the official builder refuses it too', (_, build) => {
  const all = (builder: Loose) => {
    const schema = build(builder) as ReturnType<typeof a.schema>
    return schema.authorization((allow) => [allow.publicApiKey()]).transform()
  }
  expect(() => all(a)).toThrow()
  expect(() => all(official as unknown as Loose)).toThrow()
})

test('a model without rules: the official builder refuses it too', () => {
  const build: Build = (a) => a.schema({ A: a.model({}) })
  expect(() => build(a).transform()).toThrow('The model A has no authorization rules')
  expect(() => build(official as unknown as Loose).transform()).toThrow()
})
