import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { modelIntrospection } from './index.js'
import { schema } from './shop.fixture.js'

const official = JSON.parse(readFileSync(new URL('./shop.introspection.json', import.meta.url), 'utf8'))

test('the introspection of a schema is what the official generator writes', () => {
  expect(modelIntrospection(schema)).toEqual(official)
})
