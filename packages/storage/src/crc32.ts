// CRC-32 as of ISO 3309, the one of zip and of `x-amz-checksum-crc32`.

const polynomial = 0xedb88320

const table = /* @__PURE__ */ Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1
  return value
})

export function crc32(bytes: Uint8Array): number {
  let value = ~0
  for (let index = 0; index < bytes.length; index++)
    value = table[(value ^ bytes[index]!) & 0xff]! ^ (value >>> 8)
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
