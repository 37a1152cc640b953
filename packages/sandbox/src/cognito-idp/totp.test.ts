import { expect, test } from 'vitest'
import { matchingStep, newTotpSecret, totpAt } from './totp.js'

// RFC 6238, appendix B, SHA-1; the last six of its eight digits. The secret is "12345678901234567890" in base32.
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'

test.each([
  [59, '287082'],
  [1111111109, '081804'],
  [1111111111, '050471'],
  [1234567890, '005924'],
  [2000000000, '279037'],
  [20000000000, '353130'],
])('at second %i of the epoch the code of the RFC is %s', (second, code) => {
  expect(totpAt(SECRET, Math.floor(second / 30))).toBe(code)
})

test('a code is good one step early and late, no further, and not again', () => {
  const now = 1_234_567_890_000
  const step = Math.floor(now / 30_000)
  expect(matchingStep(SECRET, totpAt(SECRET, step - 1), now)).toBe(step - 1)
  expect(matchingStep(SECRET, totpAt(SECRET, step + 1), now)).toBe(step + 1)
  expect(matchingStep(SECRET, totpAt(SECRET, step - 2), now)).toBeUndefined()
  expect(matchingStep(SECRET, totpAt(SECRET, step + 2), now)).toBeUndefined()
  expect(matchingStep(SECRET, totpAt(SECRET, step), now, step)).toBeUndefined()
  expect(matchingStep(SECRET, '', now)).toBeUndefined()
})

test('secrets are 52 characters of base32', () => {
  expect(newTotpSecret()).toMatch(/^[A-Z2-7]{52}$/)
})
