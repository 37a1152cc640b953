import { crc32 as zipped } from 'node:zlib'
import { expect, test } from 'vitest'
import { combineCrc32, crc32 } from './crc32.js'

const bytes = (text: string) => new TextEncoder().encode(text)

test.each([
  ['', 0],
  // The check value of the algorithm, https://reveng.sourceforge.io/crc-catalogue/17plus.htm#crc.cat.crc-32-iso-hdlc
  ['123456789', 0xcbf43926],
  ['The quick brown fox jumps over the lazy dog', 0x414fa339],
])('the CRC-32 of %j', (text, expected) => {
  expect(crc32(bytes(text))).toBe(expected)
})

test('the CRC-32 of bytes of any length, wherever in a buffer they lie, is that of zlib', () => {
  const memory = Uint8Array.from({ length: 128 }, (_, index) => Math.imul(index + 1, 2_654_435_761) >>> 24)
  for (let start = 0; start <= 8; start++)
    for (let end = start; end <= memory.length; end++) {
      const piece = memory.subarray(start, end)
      expect(crc32(piece, 0xcbf43926), `from ${start} to ${end}`).toBe(zipped(piece, 0xcbf43926))
    }
})

test.each([0, 1, 4, 8, 9])('checksums of pieces cut at %d combine to that of the whole', (cut) => {
  const whole = bytes('123456789')
  const second = whole.subarray(cut)
  expect(combineCrc32(crc32(whole.subarray(0, cut)), crc32(second), second.length)).toBe(0xcbf43926)
})

test('pieces of megabytes combine too', () => {
  const whole = Uint8Array.from({ length: 3_000_001 }, (_, index) => (index * 7919) >>> 3)
  const sizes = [1_500_000, 1_500_000, 1]
  let start = 0
  const sum = sizes.reduce((before, size) => {
    const piece = whole.subarray(start, (start += size))
    return combineCrc32(before, crc32(piece), size)
  }, 0)
  expect(sum).toBe(crc32(whole))
})
