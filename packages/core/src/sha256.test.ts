import { createHash, createHmac, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { hmacSha256, sha256 } from './sha256.js'

test.each([
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
])('the vector %j of FIPS 180-4', (text, expected) => {
  expect(Buffer.from(sha256(new TextEncoder().encode(text))).toString('hex')).toBe(expected)
})

test('every length around a block’s end hashes as Node hashes it', () => {
  for (let length = 50; length < 140; length++) {
    const data = new Uint8Array(randomBytes(length))
    expect(Buffer.from(sha256(data))).toEqual(createHash('sha256').update(data).digest())
  }
})

test('a key of any length makes the HMAC that Node makes', () => {
  for (const length of [0, 1, 32, 63, 64, 65, 200]) {
    const [key, data] = [new Uint8Array(randomBytes(length)), new Uint8Array(randomBytes(150))]
    const keyed = hmacSha256(key)
    // Twice, since the key's state is used again.
    for (const text of [data, data.subarray(7)])
      expect(Buffer.from(keyed(text))).toEqual(createHmac('sha256', key).update(text).digest())
  }
})
