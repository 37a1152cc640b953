import * as official from 'aws-amplify/adapter-core'
import * as officialInternals from 'aws-amplify/adapter-core/internals'
import { expect, test } from 'vitest'
import * as ours from './adapter-core.js'
import * as oursInternals from './adapter-core-internals.js'

test.each([
  ['adapter-core', official, ours],
  ['adapter-core/internals', officialInternals, oursInternals],
] as [string, object, object][])('every value of aws-amplify/%s is here', (_, theirs, mine) => {
  const kinds = (of: object) =>
    Object.fromEntries(Object.entries(of).map(([name, value]) => [name, typeof value]))
  expect(kinds(mine)).toMatchObject(kinds(theirs))
})

test('constants and pure functions say the same', () => {
  expect(ours.DEFAULT_AUTH_TOKEN_COOKIES_MAX_AGE).toBe(official.DEFAULT_AUTH_TOKEN_COOKIES_MAX_AGE)
  expect(ours.AUTH_KEY_PREFIX).toBe(official.AUTH_KEY_PREFIX)
  expect(oursInternals.AMPLIFY_CONTEXT_BRAND).toBe(officialInternals.AMPLIFY_CONTEXT_BRAND)
  for (const text of ['', 'a-b', 'é&=%', '雪']) {
    expect(oursInternals.urlSafeEncode(text)).toBe(officialInternals.urlSafeEncode(text))
  }
  const named = { name: 'Odd', message: 'It is odd.', recoverySuggestion: 'Be even.' }
  const facts = ({ name, message, recoverySuggestion }: Error & { recoverySuggestion?: string }) => ({
    name,
    message,
    recoverySuggestion,
  })
  expect(facts(new oursInternals.AmplifyError(named))).toEqual(
    facts(new officialInternals.AmplifyError(named)),
  )
  const { name, ...unnamed } = named
  const error = new oursInternals.AmplifyServerContextError(unnamed)
  expect(facts(error)).toEqual(facts(new officialInternals.AmplifyServerContextError(unnamed)))
  expect(error).toBeInstanceOf(oursInternals.AmplifyError)
})
