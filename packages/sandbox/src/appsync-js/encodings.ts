// Runs inside the context of a resolver, which has no TextEncoder and no Buffer.

export function utf8(text: string): number[] {
  return [...encodeURIComponent(text).matchAll(/%([0-9A-F]{2})|(.)/gs)].map(([, hex, char]) =>
    hex ? Number.parseInt(hex, 16) : char!.charCodeAt(0),
  )
}

export function fromUtf8(bytes: number[]): string {
  return decodeURIComponent(bytes.map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''))
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

export function base64(bytes: number[]): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const three = bytes.slice(i, i + 3)
    const number = (three[0]! << 16) | ((three[1] ?? 0) << 8) | (three[2] ?? 0)
    const four = [18, 12, 6, 0].map((shift) => LETTERS[(number >> shift) & 63]!)
    text += four.map((letter, at) => (at > three.length ? '=' : letter)).join('')
  }
  return text
}

export function fromBase64(text: string): number[] {
  const bytes: number[] = []
  let number = 0
  let bits = 0
  for (const letter of text.replace(/-/g, '+').replace(/_/g, '/')) {
    const value = LETTERS.indexOf(letter)
    if (value < 0) continue
    number = ((number << 6) | value) & 0xffffff
    bits += 6
    if (bits >= 8) bytes.push((number >> (bits -= 8)) & 255)
  }
  return bytes
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** A number in letters, the most significant first. */
function inLetters(bytes: number[], letters: string, length: number): string {
  let number = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)
  const base = BigInt(letters.length)
  let text = ''
  for (let i = 0; i < length; i++) {
    text = letters[Number(number % base)]! + text
    number /= base
  }
  return text
}

const bytesOf = (number: number, length: number): number[] =>
  Array.from({ length }, (_, i) => Math.floor(number / 256 ** (length - 1 - i)) % 256)

export function uuid(random: () => number): string {
  const bytes = Array.from({ length: 16 }, random)
  bytes[6] = (bytes[6]! & 15) | 64
  bytes[8] = (bytes[8]! & 63) | 128
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** https://github.com/ulid/spec */
export const ulid = (now: number, random: () => number) =>
  inLetters([...bytesOf(now, 6), ...Array.from({ length: 10 }, random)], CROCKFORD, 26)

/** https://github.com/segmentio/ksuid */
export const ksuid = (now: number, random: () => number) =>
  inLetters(
    [...bytesOf(Math.floor(now / 1000) - 1_400_000_000, 4), ...Array.from({ length: 16 }, random)],
    BASE62,
    27,
  )
