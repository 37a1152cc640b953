// Cognito's variant of the Secure Remote Password protocol, version 6a: the 3072-bit group of RFC 5054, generator 2, SHA-256,
// numbers hashed as Java writes them, and an HKDF of 16 bytes at the end. https://www.rfc-editor.org/rfc/rfc5054

export type Sha256 = (data: Uint8Array) => Promise<Uint8Array>

/**
 * The group's prime, RFC 3526 section 4: from its formula, which is a third of the bytes of its digits. It takes a millisecond or two,
 * so it is made when somebody signs in and not on import.
 */
function prime(): bigint {
  return (1n << 3072n) - (1n << 3008n) - 1n + ((pi(2942n) + 1690314n) << 64n)
}
const g = 2n

/** Our half of a handshake: `a` stays here, `A` is sent. */
export interface Ephemeral {
  a: bigint
  A: bigint
  /** The prime they are made with. */
  N: bigint
}

/** From 32 random bytes: RFC 5054 asks for at least 256 bits, and every further bit costs each sign-in a squaring. */
export function ephemeral(random: Uint8Array): Ephemeral {
  const a = fromBytes(random)
  // Zero would send A = 1, which gives the password's proof away. No working random generator makes it.
  if (a === 0n) throw new RangeError('The random number generator answered nothing but zeros.')
  const N = prime()
  return { a, A: power(g, a, N), N }
}

/** What the service sends with `PASSWORD_VERIFIER` or `DEVICE_PASSWORD_VERIFIER`, and whom it is about. */
export interface Challenge {
  /** The part of the user pool's id behind `_`, or the group of a device. */
  pool: string
  user: string
  password: string
  /** Hexadecimal. */
  B: string
  /** Hexadecimal. */
  salt: string
  secretBlock: Uint8Array
  /** As {@link timestamp} writes it. */
  timestamp: string
}

/**
 * Proves that we know the password, to be sent as `PASSWORD_CLAIM_SIGNATURE` in base64.
 *
 * @throws {RangeError} when the service's number would make every password look right.
 */
export async function proof(
  sha256: Sha256,
  { a, A, N }: Ephemeral,
  challenge: Challenge,
): Promise<Uint8Array> {
  const { pool, user, password, secretBlock } = challenge
  const B = BigInt(`0x${challenge.B}`)
  const u = fromBytes(await sha256(join(padded(A), padded(B))))
  if (B % N === 0n || u === 0n) throw new RangeError('The service sent a number that proves nothing.')

  const k = fromBytes(await sha256(join(padded(N), padded(g))))
  const x = await secret(sha256, BigInt(`0x${challenge.salt}`), pool, user, password)
  const S = power(modulo(B - k * power(g, x, N), N), a + u * x, N)

  const key = await hmac(sha256, await hmac(sha256, padded(u), padded(S)), text('Caldera Derived Key\x01'))
  return hmac(sha256, key.subarray(0, 16), join(text(pool + user), secretBlock, text(challenge.timestamp)))
}

/** What a service stores instead of the password: 16 random bytes, and a number that only proves, never tells. */
export async function verifier(
  sha256: Sha256,
  random: Uint8Array,
  { pool, user, password }: Pick<Challenge, 'pool' | 'user' | 'password'>,
): Promise<{ salt: Uint8Array; verifier: Uint8Array }> {
  const salt = fromBytes(random)
  const x = await secret(sha256, salt, pool, user, password)
  return { salt: padded(salt), verifier: padded(power(g, x, prime())) }
}

/** `Sat Nov 1 09:05:00 UTC 2025`: the day without a zero in front, as the service demands. */
export function timestamp(milliseconds: number): string {
  const [weekday, day, month, year, time] = new Date(milliseconds).toUTCString().split(/,? /) as [
    string,
    string,
    string,
    string,
    string,
  ]
  return `${weekday} ${month} ${Number(day)} ${time} UTC ${year}`
}

/**
 * π · 2^bits, cut off, by Machin's formula: π = 16 arctan 1/5 − 4 arctan 1/239. Each series is summed from its end, as one fraction, so that
 * it takes one division.
 */
function pi(bits: bigint): bigint {
  const guard = 64n
  const arctan = (x: bigint) => {
    let sum = 0n
    let under = 1n
    for (let odd = (bits / 2n) | 1n; odd > 0n; odd -= 2n) {
      sum = under * x * x - sum * odd
      under *= x * x * odd
    }
    return (sum << (bits + guard)) / (under * x)
  }
  return (16n * arctan(5n) - 4n * arctan(239n)) >> guard
}

async function secret(
  sha256: Sha256,
  salt: bigint,
  pool: string,
  user: string,
  password: string,
): Promise<bigint> {
  const identity = await sha256(text(`${pool}${user}:${password}`))
  return fromBytes(await sha256(join(padded(salt), identity)))
}

/**
 * base ^ exponent modulo N, by squaring. Hermes divides a hundred times slower than it multiplies, so each rest is taken by Barrett's
 * way (Handbook of Applied Cryptography, 14.42): one division in all, and then products and shifts.
 */
function power(base: bigint, exponent: bigint, N: bigint): bigint {
  const inverse = (1n << 6144n) / N
  const rest = (value: bigint) => {
    let left = value - (((value >> 3071n) * inverse) >> 3073n) * N
    while (left >= N) left -= N
    return left
  }
  let result = 1n
  for (const bit of exponent.toString(2)) {
    result = rest(result * result)
    if (bit === '1') result = rest(result * base)
  }
  return result
}

function modulo(value: bigint, N: bigint): bigint {
  const rest = value % N
  return rest < 0n ? rest + N : rest
}

/** As Java's `BigInteger.toByteArray` writes a positive number: no leading zeros, but one where the first bit is set. */
function padded(value: bigint): Uint8Array {
  const hex = value.toString(16)
  const even = hex.length % 2 ? `0${hex}` : hex
  const pairs = (/^[89a-f]/.test(even) ? `00${even}` : even).match(/../g) as string[]
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16))
}

function fromBytes(bytes: Uint8Array): bigint {
  let hex = '0x'
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0')
  return BigInt(hex)
}

/** HMAC of RFC 2104, on whatever hash the platform has: WebCrypto's own HMAC is not on every phone. */
async function hmac(sha256: Sha256, key: Uint8Array, data: Uint8Array): Promise<Uint8Array> {
  const block = new Uint8Array(64)
  block.set(key.length > 64 ? await sha256(key) : key)
  const inner = await sha256(
    join(
      block.map((byte) => byte ^ 0x36),
      data,
    ),
  )
  return sha256(
    join(
      block.map((byte) => byte ^ 0x5c),
      inner,
    ),
  )
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value)
}

function join(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}
