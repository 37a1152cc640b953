import { getDiffieHellman } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSrpNumbers } from './srpNumbers.js'

// Node's prime and the engine's big numbers, which srpNumbers.ts is there to do without.
const N = BigInt(`0x${getDiffieHellman('modp15').getPrime('hex')}`)
const of = (hex: string) => BigInt(`0x${hex}`)
const numbers = createSrpNumbers()

function power(base: bigint, exponent: bigint): bigint {
  if (exponent === 0n) return 1n
  const half = power(base, exponent >> 1n)
  return (half * half * (exponent & 1n ? base : 1n)) % N
}

/** Any number of so many bits, and the ends of their range more often. */
const hexOfBits = (bits: number) =>
  fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n }).map((each) => each.toString(16))

test('what is sent of a secret is what big numbers make of it', () => {
  for (const exponent of ['0', '1', 'b', '0c00', 'f'.repeat(64), '8'.padEnd(64, '0')])
    expect(numbers.publicOf(exponent), exponent).toBe(power(2n, of(exponent)).toString(16))
  fc.assert(
    fc.property(hexOfBits(256), (exponent) => {
      expect(numbers.publicOf(exponent)).toBe(power(2n, of(exponent)).toString(16))
    }),
    { numRuns: 8 },
  )
})

test('what both sides then share is too, with whatever the service sends', () => {
  expect(of(numbers.N)).toBe(N)
  const shared = (...known: string[]) => {
    const [B, k, x, a, u] = known.map(of) as [bigint, bigint, bigint, bigint, bigint]
    const base = (B - k * power(2n, x)) % N
    return power(base < 0n ? base + N : base, a + u * x).toString(16)
  }
  for (const B of ['1', 'a704', (N - 1n).toString(16), (N + 1n).toString(16), `000${(N - 2n).toString(16)}`])
    expect(numbers.sharedOf(B, '5382', '1', '2', '3'), B).toBe(shared(B, '5382', '1', '2', '3'))
  const [wide, narrow] = [hexOfBits(3071), hexOfBits(256)]
  fc.assert(
    fc.property(wide, narrow, narrow, narrow, narrow, (B, ...known) => {
      fc.pre(of(B) > 0n)
      expect(numbers.sharedOf(B, ...known)).toBe(shared(B, ...known))
    }),
    { numRuns: 8 },
  )
})

test('a number of the service that proves nothing is none, and one that is no number is an error', () => {
  for (const B of ['0', '00', N.toString(16), (2n * N).toString(16), 'f'.repeat(5_000)])
    expect(numbers.sharedOf(B, '1', '2', '3', '4')).toBeUndefined()
  for (const B of ['', 'xyz', '-1', '0x1', '1\n'])
    expect(() => numbers.sharedOf(B, '1', '2', '3', '4'), B).toThrow(SyntaxError)
})
