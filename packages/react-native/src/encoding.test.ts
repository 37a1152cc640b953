import { expect, test } from 'vitest'
import { decodeUtf8, encodeUtf8, fromBase64, toBase64 } from './encoding.js'

/** The same every time. */
function* noise(count: number): Generator<number> {
  let seed = 7
  for (let index = 0; index < count; index++) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) | 0
    yield seed >>> 16
  }
}

test('text becomes the bytes that the platform makes of it', () => {
  const texts = [
    '',
    'plain',
    'Füße, ключ, 密码',
    '🔑 a🧪b',
    '\ud83d alone \udd11',
    '\ufeff marked',
    '\u0000\uffff',
  ]
  for (const text of texts) {
    const bytes = encodeUtf8(text)
    expect([...bytes]).toEqual([...new TextEncoder().encode(text)])
    expect(decodeUtf8(bytes)).toBe(new TextDecoder().decode(bytes))
  }
  const long = '€uro '.repeat(50_000)
  expect(decodeUtf8(encodeUtf8(long))).toBe(long)
})

test('bytes that are no text are replaced as the platform replaces them', () => {
  const platform = new TextDecoder()
  for (let lead = 0x80; lead <= 0xff; lead++) {
    for (let second = 0x70; second <= 0xff; second += 3) {
      const bytes = Uint8Array.of(lead, second, 0x80, 0xbf, 0x41)
      expect(decodeUtf8(bytes)).toBe(platform.decode(bytes))
    }
  }
  const bytes = Uint8Array.from(noise(20_000), (value) => value & 255)
  expect(decodeUtf8(bytes)).toBe(platform.decode(bytes))
})

test('base64 is that of the platform, and what is none is refused', () => {
  for (let length = 0; length < 40; length++) {
    const binary = String.fromCharCode(...Array.from(noise(length), (value) => value & 255))
    expect(toBase64(binary)).toBe(btoa(binary))
    expect(fromBase64(btoa(binary))).toBe(binary)
    expect(fromBase64(btoa(binary).replace(/=+$/, ''))).toBe(binary)
  }
  expect(fromBase64(' YQ\n==')).toBe('a')
  for (const wrong of ['a', 'a===', 'YQ=', '*aaa', 'YQ==YQ==']) {
    expect(() => atob(wrong)).toThrow()
    expect(() => fromBase64(wrong)).toThrow(RangeError)
  }
  expect(() => toBase64('€')).toThrow(RangeError)
})
