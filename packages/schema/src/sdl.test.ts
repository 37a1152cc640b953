import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

import { schema } from './shop.fixture.js'

const official = readFileSync(new URL('./shop.sdl.txt', import.meta.url), 'utf8').trimEnd()

test('the SDL of a schema is what the official builder writes', () => {
  expect(schema.transform().schema).toBe(official)
})

test('the handlers of a schema are what the official builder lists', () => {
  const { schema: _, ...rest } = schema.transform()
  const theirs = JSON.parse(readFileSync(new URL('./shop.transform.json', import.meta.url), 'utf8'))
  // The line that named a file is another one here.
  const ours = JSON.parse(JSON.stringify(rest, (key, value) => (key === 'importLine' ? undefined : value)))
  expect(ours).toEqual(theirs)
})
