import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

// RFC 6238 as authenticator apps do it: SHA-1, six digits, steps of thirty seconds. https://datatracker.ietf.org/doc/html/rfc6238

const STEP = 30_000
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** A new shared secret in base32, as `SecretCode` carries it. */
export function newTotpSecret(): string {
  // 32 bytes are 52 characters, as Cognito's are; five bits each.
  const bits = [...randomBytes(33)].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return Array.from(
    { length: 52 },
    (_, index) => ALPHABET[Number.parseInt(bits.slice(index * 5, index * 5 + 5), 2)],
  ).join('')
}

export function totpAt(secret: string, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const digest = createHmac('sha1', bytesOf(secret)).update(counter).digest()
  const offset = digest[digest.length - 1]! & 15
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

/** The step whose code this is, one to either side of now being allowed; undefined for a wrong code and for one of a step that `after` has passed. */
export function matchingStep(secret: string, code: string, now: number, after = -1): number | undefined {
  const current = Math.floor(now / STEP)
  const given = Buffer.from(code)
  return [current - 1, current, current + 1].find((step) => {
    const expected = Buffer.from(totpAt(secret, step))
    return step > after && expected.length === given.length && timingSafeEqual(expected, given)
  })
}

function bytesOf(secret: string): Buffer {
  const bits = [...secret].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}
