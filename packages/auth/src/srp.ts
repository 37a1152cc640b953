// Cognito's variant of the Secure Remote Password protocol, version 6a: the 3072-bit group of RFC 5054, generator 2, SHA-256,
// numbers hashed as Java writes them, and an HKDF of 16 bytes at the end. https://www.rfc-editor.org/rfc/rfc5054

import type { Platform, SrpNumbers } from '@backline/core/internal'
import { createSrpNumbers } from './srpNumbers.js'

export type Sha256 = (data: Uint8Array) => Promise<Uint8Array>

/** What it takes of a platform. */
export type SrpPlatform = Pick<Platform, 'randomBytes' | 'sha256' | 'srpNumbers'>

const numbersOf = (platform: SrpPlatform) => platform.srpNumbers?.() ?? createSrpNumbers()

/** Our half of a handshake, in hexadecimal: `a` stays here, `A` is sent. */
export interface Ephemeral {
  a: string
  A: string
  /** What they are made with. */
  numbers: SrpNumbers
}

/** From 32 random bytes: RFC 5054 asks for at least 256 bits, and every further bit costs each sign-in a squaring. */
export async function ephemeral(platform: SrpPlatform): Promise<Ephemeral> {
  const numbers = await numbersOf(platform)
  const a = hexOf(platform.randomBytes(32))
  const A = numbers.publicOf(a)
  // A secret of zero would give the password's proof away. No working random generator makes it.
  if (A === '1') throw new RangeError('The random number generator answered nothing but zeros.')
  return { a, A, numbers }
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
  { a, A, numbers }: Ephemeral,
  challenge: Challenge,
): Promise<Uint8Array> {
  const { pool, user, password, B, salt, secretBlock } = challenge
  const u = await hash(sha256, padded(A), padded(B))
  const k = await hash(sha256, padded(numbers.N), padded('2'))
  const x = await secret(sha256, padded(salt), pool, user, password)
  const S = numbers.sharedOf(B, k, x, a, u)
  if (!S) throw new RangeError('The service sent a number that proves nothing.')

  const key = await hmac(sha256, await hmac(sha256, padded(u), padded(S)), text('Caldera Derived Key\x01'))
  return hmac(sha256, key.subarray(0, 16), join(text(pool + user), secretBlock, text(challenge.timestamp)))
}

/** What a service stores instead of the password: 16 random bytes, and a number that only proves, never tells. */
export async function verifier(
  platform: SrpPlatform,
  { pool, user, password }: Pick<Challenge, 'pool' | 'user' | 'password'>,
): Promise<{ salt: Uint8Array; verifier: Uint8Array }> {
  const salt = padded(hexOf(platform.randomBytes(16)))
  const numbers = await numbersOf(platform)
  const x = await secret(platform.sha256, salt, pool, user, password)
  return { salt, verifier: padded(numbers.publicOf(x)) }
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

async function secret(
  sha256: Sha256,
  salt: Uint8Array,
  pool: string,
  user: string,
  password: string,
): Promise<string> {
  return hash(sha256, salt, await sha256(text(`${pool}${user}:${password}`)))
}

async function hash(sha256: Sha256, ...parts: Uint8Array[]): Promise<string> {
  return hexOf(await sha256(join(...parts)))
}

/** As Java's `BigInteger.toByteArray` writes a positive number: no leading zeros, but one where the first bit is set. */
function padded(hex: string): Uint8Array {
  const digits = hex.replace(/^0+/, '')
  const filled = (digits.length % 2 ? '0' : /^[89a-f]/i.test(digits) ? '00' : '') + digits
  return Uint8Array.from(filled.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

function hexOf(bytes: Uint8Array): string {
  let hex = ''
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0')
  return hex
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
