import { expect, test } from 'vitest'
import { definitionOf, modelIntrospection } from './index.js'
import { a } from './loose.fixture.js'
import { schema } from './shop.fixture.js'

const open = (allow: { publicApiKey(): never }) => [allow.publicApiKey()]

test('an operation says what it is given, what it answers, what runs and who may call', () => {
  const { totalFor, announce, onOrderSaved, sendReport, describe } = definitionOf(schema).operations
  expect(totalFor).toMatchObject({
    operation: 'Query',
    arguments: {
      region: { type: 'String', isRequired: true },
      numbers: { type: 'Int', isArray: true },
      status: { kind: 'enum', type: 'OrderStatus' },
    },
    returns: { kind: 'custom', type: 'Receipt', isArray: true },
    handler: { kind: 'function', steps: [{ name: 'totalFor', isAsync: false }] },
    rules: [{ strategy: 'private' }, { strategy: 'public', provider: 'apiKey' }],
  })
  expect(announce?.handler).toMatchObject({
    kind: 'custom',
    steps: [{ dataSource: 'NONE_DS', entry: { relativePath: './announce.js' } }],
  })
  expect(onOrderSaved).toMatchObject({
    returns: { kind: 'model', type: 'Order' },
    sources: ['createOrder', 'updateOrder'],
  })
  expect(sendReport).toMatchObject({
    returns: { type: 'EventInvocationResponse' },
    handler: { steps: [{ isAsync: true }] },
  })
  expect(describe?.handler).toMatchObject({ kind: 'generation', systemPrompt: 'Describe a product.' })
})

test('a custom handler knows the line that named its file', () => {
  const { handler } = definitionOf(schema).operations.announce!
  const entry = handler.kind === 'custom' && handler.steps[0]!.entry
  expect(entry).toMatchObject({ importLine: expect.stringMatching(/^at .*shop\.fixture\.ts:\d+:\d+/) })
})

test('custom types that are taken become inputs, in what they hold too, and may hold themselves', () => {
  const built = a
    .schema({
      Tree: a.customType({ name: a.string().required(), of: a.ref('Tree').array(), kind: a.enum(['OAK']) }),
      grow: a
        .mutation()
        .arguments({
          tree: a.ref('Tree').required(),
          soil: a.customType({ wet: a.boolean(), tone: a.enum(['DARK']) }),
        })
        .returns(a.ref('Tree'))
        .handler(a.handler.function('grow')),
    })
    .authorization(open as never)
  const { inputs, enums, customTypes } = definitionOf(built)
  expect(Object.keys(inputs)).toEqual(['TreeInput', 'GrowSoilInput'])
  expect(inputs.TreeInput?.fields.of).toMatchObject({ kind: 'input', type: 'TreeInput', isArray: true })
  expect(inputs.TreeInput?.fields.kind).toMatchObject({ kind: 'enum', type: 'TreeKind' })
  expect(Object.keys(enums)).toEqual(['GrowSoilTone', 'TreeKind'])
  expect(customTypes.Tree?.rules).toMatchObject([{ strategy: 'public' }])
  expect(modelIntrospection(built).inputs?.GrowSoilInput).toMatchObject({
    attributes: { wet: { type: 'Boolean' } },
  })
})

test('functions that may call the API are listed with what they may do', () => {
  const report = {}
  const built = a
    .schema({ Todo: a.model({}) })
    .authorization((allow) => [
      allow.publicApiKey(),
      allow.resource(report).to(['query']),
      allow.resource({}),
    ])
  expect(definitionOf(built).access).toEqual([
    { resource: report, operations: ['query'] },
    { resource: {}, operations: ['query', 'mutate', 'listen'] },
  ])
  expect(definitionOf(built).models.Todo?.rules).toHaveLength(1)
})

const query = a.query().returns(a.string())
const wrong: [what: string, build: () => unknown, says: string][] = [
  [
    'nothing to run',
    () => a.schema({ x: query.authorization(open as never) }),
    'x has no handler, so nothing would run',
  ],
  [
    'nobody to call it',
    () => a.schema({ x: query.handler(a.handler.function('f')) }),
    'x has no authorization rules, so nobody could call it',
  ],
  [
    'handlers of two kinds',
    () =>
      a.schema({
        x: query.handler([a.handler.function('f'), a.handler.custom({ entry: '/f.js' })] as never),
      }),
    'The handlers of x must all be of one kind: it has function and custom handlers.',
  ],
  [
    'no answer',
    () => a.schema({ x: a.query().handler(a.handler.function('f')) }),
    'x has no return type. Add .returns(a.string())',
  ],
  [
    'guests of a custom handler',
    () =>
      a.schema({
        x: query
          .authorization((allow) => [allow.guest()])
          .handler(a.handler.custom({ entry: '/f.js' }) as never),
      }),
    'x has a custom handler, which AppSync does not protect by the identity pool',
  ],
  [
    'a tool for nothing',
    () =>
      a.schema({
        x: a
          .conversation({
            aiModel: a.ai.model('Claude 3 Haiku'),
            systemPrompt: '',
            tools: [
              a.ai.dataTool({
                name: 'orders',
                description: '',
                model: a.ref('Order'),
                modelOperation: 'list',
              }),
            ],
          })
          .authorization((allow) => allow.owner()),
      }),
    'The tool "orders" of x is for "Order", which is not a model of the schema.',
  ],
  [
    'a conversation of nobody',
    () => a.schema({ x: a.conversation({ aiModel: a.ai.model('Claude 3 Haiku'), systemPrompt: '' }) }),
    'A conversation belongs to the user who began it: write .authorization((allow) => allow.owner()) for x.',
  ],
  [
    'an unknown model of AI',
    () => a.ai.model('Claude 1' as never),
    '"Claude 1" is not a model that a.ai.model() knows',
  ],
  [
    'an argument that is related',
    () =>
      a.schema({
        x: query.arguments({ y: a.hasMany('Y', 'xId') as never }).handler(a.handler.function('f')),
      }),
    'x.y is a relation, which only models have.',
  ],
  [
    'a handler of nothing',
    () => a.handler.function(undefined as never),
    'a.handler.function() takes what defineFunction',
  ],
  [
    'a provider that is none',
    () => a.model({}).authorization((allow) => allow.owner('saml' as never)),
    '"saml" cannot be the provider',
  ],
]

test.each(wrong)('%s is named', (_, build, says) => {
  expect(() => {
    const built = build() as { transform?: () => unknown }
    built.transform?.()
  }).toThrow(says)
})
