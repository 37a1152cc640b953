import { parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import { type FieldType, indexesOf, operationsOf } from './introspection.js'
import { indexText, nestedVariables, operationText, pageVariables, relationText } from './operations.js'
import { selectionText } from './selection.js'
import { shop, shopSchema } from './shop.fixture.js'

const schema = shopSchema()
const { Customer, Order, OrderLine } = shop.models as Record<string, (typeof shop.models)[string]>
const faults = (text: string) => validate(schema, parse(text)).map(({ message }) => message)

test('every operation of every model is valid against the schema that AppSync serves', () => {
  for (const model of Object.values(shop.models)) {
    for (const operation of operationsOf(model)) {
      expect(faults(operationText(shop, model, operation)), `${model.name}.${operation}`).toEqual([])
      if (/create|update|delete/.test(operation))
        expect(faults(operationText(shop, model, operation, undefined, true))).toEqual([])
    }
    for (const index of indexesOf(model))
      expect(faults(indexText(shop, model, index)), index.queryField).toEqual([])
    for (const field of Object.values(model.fields))
      if (field.association)
        expect(faults(relationText(shop, model, field)), `${model.name}.${field.name}`).toEqual([])
  }
})

test('operations that the backend has turned off are not offered', () => {
  expect(operationsOf(OrderLine!)).toEqual(['get', 'list', 'create', 'update'])
})

test('the texts are those of aws-amplify, so that recorded servers understand them', () => {
  expect(operationText(shop, Order!, 'get', { selectionSet: ['region', 'lines.sku'] })).toBe(
    'query($region: String!,$number: Int!) { getOrder(region: $region,number: $number) { region lines { items { sku } nextToken } } }',
  )
  expect(operationText(shop, Order!, 'list', { selectionSet: ['team'] })).toBe(
    'query($region: String,$sortDirection: ModelSortDirection,$number: ModelIntKeyConditionInput,' +
      '$filter: ModelOrderFilterInput,$limit: Int,$nextToken: String) { listOrders(region: $region,' +
      'sortDirection: $sortDirection,number: $number,filter: $filter,limit: $limit,nextToken: $nextToken)' +
      ' { items { team } nextToken __typename } }',
  )
  expect(operationText(shop, Customer!, 'update', { selectionSet: ['name'] })).toBe(
    'mutation($input: UpdateCustomerInput!) { updateCustomer(input: $input) { name } }',
  )
  expect(operationText(shop, Customer!, 'onDelete', { selectionSet: ['name'] })).toBe(
    'subscription($filter: ModelSubscriptionCustomerFilterInput) { onDeleteCustomer(filter: $filter) { name } }',
  )
  const byEmail = indexesOf(Customer!).find(({ queryField }) => queryField === 'customersByEmail')!
  expect(indexText(shop, Customer!, byEmail, { selectionSet: ['name'] })).toBe(
    'query($email: AWSEmail!,$nameJoinedAt: ModelCustomerByEmailIndexCompositeKeyConditionInput,' +
      '$filter: ModelCustomerFilterInput,$sortDirection: ModelSortDirection,$limit: Int,$nextToken: String)' +
      ' { customersByEmail(email: $email,nameJoinedAt: $nameJoinedAt,filter: $filter,sortDirection: $sortDirection,' +
      'limit: $limit,nextToken: $nextToken) { items { name } nextToken __typename } }',
  )
})

test('what is selected unless asked otherwise: everything stored, custom types whole, owners, no relations', () => {
  expect(selectionText(shop, 'Customer')).toBe(
    'customerId name email phone site lastIp born wakesAt joinedAt seenAt score visits vip tags requiredTags profile ' +
      'address { street city zip kind } home { lat long } level representativeId createdAt updatedAt owner',
  )
})

test('paths of a selection share their beginnings', () => {
  expect(
    selectionText(shop, 'Customer', [
      'name',
      'orders.number',
      'orders.lines.*',
      'representative.name',
      'home.lat',
      'owner',
    ]),
  ).toBe(
    'name orders { items { number lines { items { id orderRegion orderNumber sku quantity createdAt updatedAt } nextToken } } nextToken } ' +
      'representative { name } home { lat } owner',
  )
})

test('lists of rows inside a selection are paged, filtered and sorted on their own', () => {
  const selecting = {
    selectionSet: ['name', 'orders.number', 'orders.lines.sku'],
    relations: {
      orders: { limit: 5, sortDirection: 'DESC' as const, nextToken: null },
      'orders.lines': { filter: { quantity: { gt: 1 } }, nextToken: 'more' },
    },
  }
  const text = operationText(shop, Customer!, 'get', selecting)
  expect(faults(text)).toEqual([])
  expect(text).toContain(
    'name orders(sortDirection: $nested0sortDirection,limit: $nested0limit) { items { number ' +
      'lines(filter: $nested1filter,nextToken: $nested1nextToken) { items { sku } nextToken } } nextToken }',
  )
  expect(nestedVariables(shop, Customer!, selecting)).toEqual({
    nested0limit: 5,
    nested0sortDirection: 'DESC',
    nested1filter: { quantity: { gt: 1 } },
    nested1nextToken: 'more',
  })
  const unknown = { selectionSet: ['name'], relations: { orders: { limit: 1 } } }
  expect(() => operationText(shop, Customer!, 'list', unknown)).toThrow(
    /"orders" in relations: selectionSet has no/,
  )
})

test('a wrong path is named, with what is wrong about it', () => {
  expect(() => selectionText(shop, 'Order', ['lines.colour'])).toThrow(
    /"lines.colour".*OrderLine has no field "colour"/,
  )
  expect(() => selectionText(shop, 'Order', ['lines'])).toThrow(/"lines.\*"/)
  expect(() => selectionText(shop, 'Order', ['region.x'])).toThrow(/Order.region has no fields/)
  expect(() => selectionText(shop, 'Order', ['constructor'])).toThrow(/no field "constructor"/)
})

test('a custom type that holds itself is selected once', () => {
  const node = {
    name: 'Node',
    fields: { value: field('value', 'Int'), next: field('next', { nonModel: 'Node' }) },
  }
  const list = {
    ...shop,
    models: {
      List: {
        ...Order!,
        name: 'List',
        attributes: [],
        fields: { head: field('head', { nonModel: 'Node' }) },
      },
    },
    nonModels: { Node: node },
  }
  expect(selectionText(list, 'List')).toBe('head { value }')
})

const field = (name: string, type: FieldType) => ({ name, type, isArray: false, isRequired: false })

test('a sort direction without a partition to sort is refused, never ignored', () => {
  expect(() => pageVariables(Order!, ['region', 'number'], { sortDirection: 'DESC' })).toThrow(
    /Order needs a value for "region"/,
  )
  expect(
    pageVariables(Order!, ['region', 'number'], {
      sortDirection: 'DESC',
      region: 'eu',
      limit: undefined,
      nextToken: null,
    }),
  ).toEqual({
    region: 'eu',
    sortDirection: 'DESC',
  })
})
