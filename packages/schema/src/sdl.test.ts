import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

import { schema } from './shop.fixture.js'

const official = readFileSync(new URL('./shop.sdl.txt', import.meta.url), 'utf8').trimEnd()

test('the SDL of a schema is what the official builder writes', () => {
  expect(schema.transform().schema).toBe(official)
})
