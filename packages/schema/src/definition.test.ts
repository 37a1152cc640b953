import { expect, test } from 'vitest'
import { a, definitionOf, modelIntrospection } from './index.js'
import { schema } from './shop.fixture.js'

test('a definition has every name resolved and every default filled in', () => {
  const { models, customTypes, enums } = definitionOf(schema)
  expect(Object.keys(models)).toEqual(['Customer', 'Employee', 'Cart', 'Order', 'OrderLine'])
  expect(Object.keys(customTypes)).toEqual([
    'Address',
    'Receipt',
    'EventInvocationResponse',
    'CustomerHome',
    'AnnounceReturnType',
    'DescribeReturnType',
  ])
  expect(enums.CustomerLevel).toEqual({ name: 'CustomerLevel', values: ['BRONZE', 'SILVER', 'GOLD'] })
  expect(models.Customer?.fields.level).toMatchObject({
    kind: 'enum',
    type: 'CustomerLevel',
    isRequired: false,
  })
  expect(models.Order?.keys).toEqual(['region', 'number'])
  expect(models.Customer?.indexes.map(({ name, queryField }) => [name, queryField])).toEqual([
    ['customersByRepresentativeId', 'listCustomerByRepresentativeId'],
    ['customersByLevelAndJoinedAt', 'listCustomerByLevelAndJoinedAt'],
    ['byEmailIndex', 'customersByEmail'],
  ])
})

test('the fields that nobody wrote are there and say why', () => {
  const { models } = definitionOf(schema)
  const implied = (name: string) =>
    Object.values(models[name]!.fields).flatMap((field) =>
      field.implied ? [`${field.name}: ${field.implied}`] : [],
    )
  expect(implied('Employee')).toEqual(['id: key', 'createdAt: timestamp', 'updatedAt: timestamp'])
  expect(implied('Customer')).toEqual(['createdAt: timestamp', 'updatedAt: timestamp', 'owner: rule'])
  // `editors`, `groups` and `team` are written.
  expect(implied('Order')).toEqual(['createdAt: timestamp', 'updatedAt: timestamp'])
})

test("a schema's rules count where a model has none", () => {
  const { models } = definitionOf(
    a
      .schema({ Own: a.model({}).authorization((allow) => [allow.guest()]), None: a.model({}) })
      .authorization((allow) => [allow.ownerDefinedIn('who')]),
  )
  expect(models.Own?.rules).toEqual([{ strategy: 'public', provider: 'identityPool' }])
  expect(models.None?.rules).toEqual([{ strategy: 'owner', ownerOrGroupField: 'who' }])
  expect(models.None?.fields.who).toMatchObject({ type: 'String', implied: 'rule' })
})

test('a builder value never changes: each step gives a new one', () => {
  const text = a.string()
  const required = text.required()
  const model = a.model({ text, required })
  model.identifier(['required']).disableOperations(['delete'])
  const { models } = definitionOf(a.schema({ Todo: model }).authorization((allow) => [allow.publicApiKey()]))
  expect(models.Todo?.fields.text?.isRequired).toBe(false)
  expect(models.Todo?.keys).toEqual(['id'])
  expect(models.Todo?.disabled).toEqual([])
  for (const value of [text, model, a.schema({}), definitionOf(a.schema({}))])
    expect(Object.isFrozen(value)).toBe(true)
})

test('an empty schema is a schema', () => {
  expect(modelIntrospection(a.schema({}))).toEqual({ version: 1, models: {}, enums: {}, nonModels: {} })
  expect(a.schema({}).transform().schema).toBe('')
})

test('a schema carries what `@aws-amplify/backend` asks of one', () => {
  const built = a.schema({}) as unknown as { data: { configuration: unknown }; transform(): object }
  expect(built.data.configuration).toEqual({ database: { engine: 'dynamodb' } })
  expect(Object.keys(built.transform())).toEqual([
    'schema',
    'functionSlots',
    'jsFunctions',
    'functionSchemaAccess',
    'lambdaFunctions',
    'customSqlDataSourceStrategies',
  ])
})

test.each([
  ['Todo', 'Todos'],
  ['Category', 'Categories'],
  ['SalesPerson', 'SalesPeople'],
  ['Child', 'Children'],
  ['Address', 'Addresses'],
  ['Media', 'Media'],
  ['Schema', 'Schemata'],
])('the list query of %s is list%s', (name, plural) => {
  const schema = a.schema({ [name]: a.model({}) }).authorization((allow) => [allow.guest()])
  expect(definitionOf(schema).models[name]?.pluralName).toBe(plural)
})
