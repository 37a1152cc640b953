import { expect, test } from 'vitest'
import { complaints, PATIENCE } from './compiler.fixture.js'
import { checkTypes, generateTypes } from './generate.js'
import { a } from './index.js'
import { schema } from './shop.fixture.js'
import { schema as sqlSchema } from './sql.fixture.js'

const from = { from: './index.js' }

test('generated types meet the expectations of the inferred ones, what must not compile included', {
  timeout: PATIENCE,
}, () => {
  const expectations = [
    'client.test-d.ts',
    'entries.test-d.ts',
    'operations.test-d.ts',
    'sql.test-d.ts',
    'values.test-d.ts',
  ]
  const generated = {
    'shop.types.fixture.ts': generateTypes(schema, from),
    'sql.types.fixture.ts': generateTypes(sqlSchema, from),
  }
  expect(complaints(expectations, generated)).toEqual([])
})

test('a schema of every other part gives types that compile', { timeout: PATIENCE }, () => {
  const text = generateTypes(
    a
      .schema({
        Client: a.model({ Schema: a.string(), of: a.ref('Shape').required().array().required() }),
        Shape: a.customType({ at: a.customType({ x: a.float().required(), in: a.enum(['MM', 'CM']) }) }),
        draw: a
          .query()
          .arguments({ shape: a.ref('Shape').required(), pen: a.customType({ width: a.integer() }) })
          .returns(a.enum(['DONE', 'LATER']))
          .handler(a.handler.function('draw')),
      })
      .authorization((allow) => [allow.publicApiKey()]),
    from,
  )
  const use = `
    import type { Client as Made } from './index.js'
    import type { Schema } from './made.js'
    declare const client: Made<Schema>
    export const drawn = await client.queries.draw({ shape: { at: { x: 1 } }, pen: { width: 2 } })
    const { data } = await client.models.Client.get({ id: '1' }, { selectionSet: ['of.at.x'] })
    export const x: number | undefined = data?.of[0]?.at?.x
    export const unit: ('MM' | 'CM')[] = client.enums.ShapeAtIn.values()
    // @ts-expect-error a shape is where it is by x
    await client.queries.draw({ shape: { at: {} } })`
  expect(complaints([], { 'made.ts': text, 'use.ts': use })).toEqual([])
})

test('a file knows whether it is what the schema says', () => {
  const file = generateTypes(schema)
  expect(checkTypes(file, schema)).toBe('fresh')
  const other = a.schema({ Todo: a.model({}).authorization((allow) => [allow.owner()]) })
  expect(checkTypes(file, other)).toBe('stale')
  expect(checkTypes(file.replace('street: string', 'street: number'), schema)).toBe('edited')
  expect(() => checkTypes('export interface Schema {}', schema)).toThrow(
    'was not written by `backline generate types`',
  )
})

test('an empty schema has types', { timeout: PATIENCE }, () => {
  expect(complaints([], { 'made.ts': generateTypes(a.schema({}), from) })).toEqual([])
})
