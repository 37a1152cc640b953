import type { SrpNumbers } from '@backline/core/internal'

// The arithmetic of SRP on the engine's own big numbers. None is written as a literal: an engine without them could not read this file.

/** What it is made of takes a millisecond or two, so it is made when somebody signs in and not on import. */
export function createSrpNumbers(): SrpNumbers {
  const n = BigInt
  const of = (hex: string) => n(`0x${hex}`)
  const N = prime(n)
  // Hermes divides a hundred times slower than it multiplies, so each rest is taken by Barrett's way (Handbook of Applied Cryptography,
  // 14.42): one division in all, and then products and shifts.
  const inverse = (n(1) << n(6144)) / N
  const rest = (value: bigint) => {
    let left = value - (((value >> n(3071)) * inverse) >> n(3073)) * N
    while (left >= N) left -= N
    return left
  }
  /** By squaring. */
  const power = (base: bigint, exponent: bigint) => {
    let result = n(1)
    for (const bit of exponent.toString(2)) {
      result = rest(result * result)
      if (bit === '1') result = rest(result * base)
    }
    return result
  }
  return {
    N: N.toString(16),
    publicOf: (exponent) => power(n(2), of(exponent)).toString(16),
    sharedOf(B, k, x, a, u) {
      if (!(of(B) % N)) return undefined
      const base = ((of(B) - of(k) * power(n(2), of(x))) % N) + N
      return power(base, of(a) + of(u) * of(x)).toString(16)
    },
  }
}

/**
 * The group's prime, RFC 3526 section 4: from its formula, which is a third of the bytes of its digits. The 2942 bits of π in it are by
 * Machin's formula: π = 16 arctan 1/5 − 4 arctan 1/239. Each series is summed from its end, as one fraction, so that it takes one division;
 * 64 more bits are reckoned and cut off.
 */
function prime(n: typeof BigInt): bigint {
  const arctan = (x: bigint) => {
    let sum = n(0)
    let under = n(1)
    for (let odd = n(1471); odd > 0; odd -= n(2)) {
      sum = under * x * x - sum * odd
      under *= x * x * odd
    }
    return (sum << n(3006)) / (under * x)
  }
  const pi = (n(16) * arctan(n(5)) - n(4) * arctan(n(239))) >> n(64)
  return (n(1) << n(3072)) - (n(1) << n(3008)) - n(1) + ((pi + n(1690314)) << n(64))
}
