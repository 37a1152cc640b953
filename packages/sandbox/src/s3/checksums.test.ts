import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { type ALGORITHMS, combineCrc, createChecksum } from './checksums.js'

const of = (algorithm: (typeof ALGORITHMS)[number], ...chunks: Uint8Array[]) => {
  const checksum = createChecksum(algorithm)
  for (const chunk of chunks) checksum.update(chunk)
  return checksum.digest()
}

// The check values of https://reveng.sourceforge.io/crc-catalogue/all.htm; the hashes of FIPS 180.
test.each([
  ['CRC32', '123456789', 'cbf43926'],
  ['CRC32C', '123456789', 'e3069283'],
  ['CRC64NVME', '123456789', 'ae8b14860a799888'],
  ['SHA1', 'abc', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
  ['SHA256', 'abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ['CRC32', '', '00000000'],
  ['CRC32C', '', '00000000'],
  ['CRC64NVME', '', '0000000000000000'],
] as const)('%s of %j is %s', (algorithm, text, hex) => {
  expect(of(algorithm, Buffer.from(text)).toString('hex')).toBe(hex)
})

test.each(['CRC32', 'CRC32C', 'CRC64NVME'] as const)(
  '%s of a whole is made from those of its pieces',
  (algorithm) => {
    for (const [first, second] of [
      [0, 0],
      [0, 1],
      [1, 0],
      [1000, 1],
      [3, 70_001],
    ] as const) {
      const [a, b] = [randomBytes(first), randomBytes(second)]
      expect(combineCrc(algorithm, of(algorithm, a), of(algorithm, b), second)).toEqual(of(algorithm, a, b))
    }
  },
)
