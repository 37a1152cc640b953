import type { SrpNumbers } from '@backline/core/internal'

// The arithmetic of SRP for engines without `BigInt`, such as JavaScriptCore on Android: numbers are arrays of limbs, the lowest first.
// A limb has 22 bits, so that a sum of all products of two limbs that a place of the result takes is exact as a double: 280 · 2^44 < 2^53.

type Limbs = number[]

const WIDTH = 22
const UNIT = 2 ** WIDTH
/** 3072 bits and eight to spare: a number may be up to some multiples of the prime before it is brought below it. */
const LENGTH = 140

/** The 3072-bit prime of RFC 3526, section 4. */
const PRIME =
  'ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437' +
  '4fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf05' +
  '98da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b' +
  'e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa051015728e5a8aaac42dad33170d04507a33' +
  'a85521abdf1cba64ecfb850458dbef0a8aea71575d060c7db3970f85a6e1e4c7abf5ae8cdb0933d71e8c94e04a25619dcee3d2261ad2ee6bf12ffa06d98a0864' +
  'd87602733ec86a64521f2b18177b200cbbe117577a615d6c770988c0bad946e208e24fa074e5ab3143db5bfce0fd108e4b82d120a93ad2caffffffffffffffff'

export function createSrpNumbers(): SrpNumbers {
  const N = limbsOf(PRIME)
  // Numbers are kept as multiples of R = 2^3080, after Montgomery (Handbook of Applied Cryptography, 14.36): what is divided by is R, and
  // never the prime. They may be some primes too large until they come out. As the prime begins with 64 ones, R modulo it is this.
  let R = minus(limbsOf(`1${'0'.repeat(768)}`), N)
  for (let bit = 3072; bit < WIDTH * LENGTH; bit++) R = plus(R, R)
  const times = (left: Limbs, right: Limbs) => product(left, right, N)

  const powerOfTwo = (exponent: Limbs) => {
    let result = R
    for (const bit of bitsOf(exponent)) {
      result = times(result, result)
      if (bit === '1') result = plus(result, result)
    }
    return result
  }
  /** Four bits of the exponent at a time. */
  const power = (base: Limbs, exponent: Limbs) => {
    const powers = [R]
    for (let each = 1; each < 16; each++) powers.push(times(powers[each - 1]!, base))
    const bits = bitsOf(exponent)
    let result = R
    for (const four of bits.padStart(Math.ceil(bits.length / 4) * 4, '0').match(/.{4}/g) ?? []) {
      for (let bit = 0; bit < 4; bit++) result = times(result, result)
      result = times(result, powers[Number.parseInt(four, 2)]!)
    }
    return result
  }
  const square = powerOfTwo(limbsOf((WIDTH * LENGTH).toString(16)))
  const enter = (hex: string) => times(limbsOf(hex), square)
  const leave = (value: Limbs) => {
    const left = times(value, limbsOf('1'))
    return hexOf(isLess(left, N) ? left : minus(left, N))
  }

  return {
    N: PRIME,
    publicOf: (exponent) => leave(powerOfTwo(limbsOf(exponent))),
    sharedOf(B, k, x, a, u) {
      if (!/^[\da-f]+$/i.test(B)) throw new SyntaxError(`${B} is no number.`)
      const digits = B.replace(/^0+/, '')
      // A service sends what is below the prime, which has 768.
      if (digits.length > 769) return undefined
      const theirs = enter(digits)
      if (leave(theirs) === '0') return undefined
      const exponent = limbsOf(x)
      const ours = times(enter(k), powerOfTwo(exponent))
      const base = minus(plus(theirs, plus(N, N)), ours)
      return leave(power(base, plus(limbsOf(a), plainProduct(limbsOf(u), exponent))))
    },
  }
}

/** left · right / R, modulo the prime, and less than two primes. Its lowest limb is -1, which makes each quotient the sum itself. */
function product(left: Limbs, right: Limbs, N: Limbs): Limbs {
  const column = left === right ? squareColumn : productColumn
  const quotients: Limbs = []
  const result: Limbs = []
  let sum = 0
  for (let place = 0; place < 2 * LENGTH; place++) {
    sum += column(left, place, right)
    const end = Math.min(place, LENGTH)
    for (let at = Math.max(0, place - LENGTH + 1); at < end; at++) sum += quotients[at]! * N[place - at]!
    const limb = sum % UNIT
    if (place < LENGTH) {
      quotients.push(limb)
      sum = (sum + limb * N[0]!) / UNIT
    } else {
      result.push(limb)
      sum = (sum - limb) / UNIT
    }
  }
  return result
}

/** The sum of what two numbers have at one place of their product. */
function productColumn(left: Limbs, place: number, right: Limbs): number {
  const end = Math.min(place, LENGTH - 1)
  let sum = 0
  for (let at = Math.max(0, place - LENGTH + 1); at <= end; at++) sum += left[at]! * right[place - at]!
  return sum
}

/** The same of a number with itself, where each product comes twice, but for the middle. */
function squareColumn(limbs: Limbs, place: number): number {
  const middle = place / 2
  let sum = 0
  for (let at = Math.max(0, place - LENGTH + 1); at < middle; at++) sum += limbs[at]! * limbs[place - at]!
  return 2 * sum + (limbs[middle] ?? 0) ** 2
}

/** Of two numbers whose product fits. */
function plainProduct(left: Limbs, right: Limbs): Limbs {
  let sum = 0
  return left.map((_, place) => {
    sum += productColumn(left, place, right)
    const limb = sum % UNIT
    sum = (sum - limb) / UNIT
    return limb
  })
}

function plus(left: Limbs, right: Limbs): Limbs {
  let carry = 0
  return left.map((limb, at) => {
    const sum = limb + right[at]! + carry
    carry = sum < UNIT ? 0 : 1
    return sum - carry * UNIT
  })
}

function minus(left: Limbs, right: Limbs): Limbs {
  let borrow = 0
  return left.map((limb, at) => {
    const rest = limb - right[at]! - borrow
    borrow = rest < 0 ? 1 : 0
    return rest + borrow * UNIT
  })
}

function isLess(left: Limbs, right: Limbs): boolean {
  let at = LENGTH - 1
  while (at > 0 && left[at] === right[at]) at--
  return left[at]! < right[at]!
}

function limbsOf(hex: string): Limbs {
  const bits = hex.replace(/./g, (digit) => Number.parseInt(digit, 16).toString(2).padStart(4, '0'))
  return Array.from({ length: LENGTH }, (_, at) => {
    const end = bits.length - at * WIDTH
    return end > 0 ? Number.parseInt(bits.slice(Math.max(0, end - WIDTH), end), 2) : 0
  })
}

function bitsOf(limbs: Limbs): string {
  const bits = limbs.map((limb) => limb.toString(2).padStart(WIDTH, '0'))
  return bits.reverse().join('').replace(/^0+/, '')
}

function hexOf(limbs: Limbs): string {
  const bits = bitsOf(limbs)
  const fours = bits.padStart(Math.ceil(bits.length / 4) * 4, '0').match(/.{4}/g) ?? ['0']
  return fours.map((four) => Number.parseInt(four, 2).toString(16)).join('')
}
