import { a as official } from '@aws-amplify/data-schema'
import { expect, test } from 'vitest'
import { defineData } from './backend.js'
import { a, definitionOf, modelIntrospection } from './index.js'

/** Two schemas that name types of each other. */
function two(builder: typeof a) {
  const shop = builder
    .schema({
      Order: builder.model({ status: builder.ref('Status'), total: builder.float() }),
      total: builder
        .query()
        .arguments({ status: builder.ref('Status') })
        .returns(builder.ref('Sum'))
        .handler(builder.handler.function('total')),
    })
    .authorization((allow) => [allow.owner()])
  const common = builder
    .schema({
      Status: builder.enum(['OPEN', 'DONE']),
      Sum: builder.customType({ of: builder.ref('Status') }),
      Note: builder.model({ text: builder.string() }),
    })
    .authorization((allow) => [allow.publicApiKey()])
  return [shop, common] as const
}

test('each of several schemas is transformed as the official builder does it', () => {
  const withRules = (builder: typeof a) => {
    const [, common] = two(builder)
    const more = builder
      .schema({ Order: builder.model({ status: builder.ref('Status') }) })
      .authorization((allow) => [allow.owner()])
    const combined = builder.combine([more, common]) as unknown as { schemas: { transform(): unknown }[] }
    return combined.schemas.map((schema) => schema.transform())
  }
  expect(withRules(a)).toEqual(withRules(official as unknown as typeof a))
})

test('several schemas are one API, each with its own rules', () => {
  const [shop, common] = two(a)
  const sum = a.schema({
    Sum: a.customType({ of: a.ref('Status') }),
    Status: a.enum(['OPEN', 'DONE']),
    total: a
      .query()
      .returns(a.ref('Sum'))
      .handler(a.handler.function('total'))
      .authorization((allow) => [allow.publicApiKey()]),
  })
  const notes = a
    .schema({ Note: a.model({ kind: a.ref('Status') }) })
    .authorization((allow) => [allow.owner()])
  const { models, customTypes, order } = definitionOf(a.combine([sum, notes]))
  expect(order).toEqual(['Status', 'Note', 'Sum'])
  expect(models.Note?.rules).toMatchObject([{ strategy: 'owner' }])
  expect(customTypes.Sum?.rules).toMatchObject([{ strategy: 'public' }])
  expect(modelIntrospection(a.combine([sum, notes])).queries).toHaveProperty('total')
  expect(
    a
      .combine([sum, notes])
      .transform()
      .schema.match(/type Query/g),
  ).toHaveLength(1)
  // A query by owner makes no sense, in either of two.
  expect(() => a.combine([shop, common]).transform()).toThrow('Sum cannot be protected by the rule "owner"')
})

test('a name that is only in the other schema is waited for, and missed where it does not come', () => {
  const [shop] = two(a)
  expect(() => shop.transform()).toThrow('Order.status refers to "Status", which the schema does not define.')
  expect(() => defineData({ schema: shop })).toThrow('Order.status refers to "Status"')
})

test('names that two of them define, and what is no schema, are refused', () => {
  const [shop] = two(a)
  expect(() => a.combine([shop, shop])).toThrow('Two of the combined schemas define "Order".')
  expect(() => a.combine([{}] as never)).toThrow('a.combine() takes a list of schemas')
  expect(() => a.combine([])).toThrow('a.combine() takes a list of schemas')
})
