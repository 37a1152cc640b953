import { fromBase64, toBase64 } from '@backline/core/internal'

// CRC-32 as of ISO 3309, the one of zip and of `x-amz-checksum-crc32`.

const polynomial = 0xedb88320

/** Four tables, so that four bytes are taken at once. */
const tables = /* @__PURE__ */ (() => {
  const made = [0, 1, 2, 3].map(() => new Uint32Array(256))
  for (let index = 0; index < 1024; index++) {
    const before = index < 256 ? index : made[(index >> 8) - 1]![index & 255]!
    let value = before
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1
    made[index >> 8]![index & 255] = value
  }
  return made as [Uint32Array, Uint32Array, Uint32Array, Uint32Array]
})()

/** The checksum of bytes; with `before`, of what had that checksum and these bytes behind it. */
export function crc32(bytes: Uint8Array, before = 0): number {
  const [t0, t1, t2, t3] = tables
  let value = ~before
  let index = 0
  for (const end = bytes.length - 3; index < end; index += 4) {
    value ^= bytes[index]! | (bytes[index + 1]! << 8) | (bytes[index + 2]! << 16) | (bytes[index + 3]! << 24)
    value = t3[value & 255]! ^ t2[(value >>> 8) & 255]! ^ t1[(value >>> 16) & 255]! ^ t0[value >>> 24]!
  }
  for (; index < bytes.length; index++) value = t0[(value ^ bytes[index]!) & 255]! ^ (value >>> 8)
  return ~value >>> 0
}

/**
 * The checksum of two pieces laid end to end, from theirs. Parts travel out of order and some were sent before a reload, so the
 * checksum of the whole is put together from the parts' instead of reading the file twice.
 *
 * Appending n zero bytes multiplies the checksum, as a polynomial over GF(2), by x^(8n) modulo the CRC polynomial.
 */
export function combineCrc32(first: number, second: number, secondLength: number): number {
  let factor = 0x80000000 // x^0: bits are reflected, the highest is the constant term
  let power = 0x00800000 // x^8, one byte of zeros
  for (let rest = secondLength; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2) factor = multiply(factor, power)
    power = multiply(power, power)
  }
  return (multiply(first, factor) ^ second) >>> 0
}

function multiply(left: number, right: number): number {
  let product = 0
  let shifted = right
  for (let bit = 31; bit >= 0; bit--) {
    if ((left >>> bit) & 1) product ^= shifted
    shifted = shifted & 1 ? (shifted >>> 1) ^ polynomial : shifted >>> 1
  }
  return product >>> 0
}

/** As S3 writes a CRC-32: base64 of four bytes, the highest first. */
export function toChecksum(sum: number): string {
  return toBase64(Uint8Array.of(sum >>> 24, sum >>> 16, sum >>> 8, sum))
}

export function fromChecksum(text: string): number {
  return fromBase64(text).reduce((sum, byte) => ((sum << 8) | byte) >>> 0, 0)
}
