import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'

// The checksums of https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html

export type Algorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256'
export type ChecksumType = 'COMPOSITE' | 'FULL_OBJECT'

export const ALGORITHMS: Algorithm[] = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256']

/** As XML elements and input members spell it: `ChecksumCRC32`. */
export const elementOf = (algorithm: Algorithm) => `Checksum${algorithm}`
export const headerOf = (algorithm: Algorithm) => `x-amz-checksum-${algorithm.toLowerCase()}`

export const BYTES: Record<Algorithm, number> = { CRC32: 4, CRC32C: 4, CRC64NVME: 8, SHA1: 20, SHA256: 32 }

/** Reflected generator polynomials. */
const POLYNOMIALS: Partial<Record<Algorithm, bigint>> = {
  CRC32: 0xedb88320n,
  CRC32C: 0x82f63b78n,
  CRC64NVME: 0x9a6c9329ac4bc9b5n,
}

export interface Checksum {
  update(chunk: Uint8Array): void
  /** Big-endian bytes. */
  digest(): Buffer
}

export function createChecksum(algorithm: Algorithm): Checksum {
  if (algorithm === 'CRC32') return createCrc32()
  if (algorithm === 'CRC32C' || algorithm === 'CRC64NVME') return createTableCrc(algorithm)
  const hash = createHash(algorithm.toLowerCase())
  return { update: (chunk) => void hash.update(chunk), digest: () => hash.digest() }
}

/** The checksum of checksums that S3 gives to an object made of parts, without its `-N`. */
export function composite(algorithm: Algorithm, parts: Buffer[]): Buffer {
  const checksum = createChecksum(algorithm)
  for (const part of parts) checksum.update(part)
  return checksum.digest()
}

/** The CRC of two pieces laid end to end, from theirs alone: crc(A·B) = crc(A)·x^(8·|B|) + crc(B) modulo the polynomial. */
export function combineCrc(
  algorithm: Algorithm,
  first: Buffer,
  second: Buffer,
  secondLength: number,
): Buffer {
  const polynomial = POLYNOMIALS[algorithm]
  if (!polynomial) throw new Error(`${algorithm} cannot be combined.`)
  const one = 1n << BigInt(BYTES[algorithm] * 8 - 1)
  const multiply = (a: bigint, b: bigint) => {
    let product = 0n
    for (let bit = one; bit; bit >>= 1n) {
      if (a & bit) product ^= b
      b = b & 1n ? (b >> 1n) ^ polynomial : b >> 1n
    }
    return product
  }
  let power = one
  let square = one >> 1n
  for (let exponent = BigInt(secondLength) * 8n; exponent; exponent >>= 1n) {
    if (exponent & 1n) power = multiply(power, square)
    square = multiply(square, square)
  }
  const combined =
    multiply(power, BigInt(`0x${first.toString('hex')}`)) ^ BigInt(`0x${second.toString('hex')}`)
  return Buffer.from(combined.toString(16).padStart(BYTES[algorithm] * 2, '0'), 'hex')
}

function createCrc32(): Checksum {
  let value = 0
  return {
    update(chunk) {
      value = crc32(chunk, value)
    },
    digest() {
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32BE(value)
      return bytes
    },
  }
}

/** One byte at a time over a table of high and low halves; a CRC of 32 bits has no high half. */
function createTableCrc(algorithm: 'CRC32C' | 'CRC64NVME'): Checksum {
  const { high: highs, low: lows } = table(algorithm)
  const wide = algorithm === 'CRC64NVME'
  let high = wide ? -1 : 0
  let low = -1
  return {
    update(chunk) {
      let [h, l] = [high, low]
      for (let at = 0; at < chunk.length; at++) {
        const index = (l ^ chunk[at]!) & 0xff
        l = ((l >>> 8) | (h << 24)) ^ lows[index]!
        h = (h >>> 8) ^ highs[index]!
      }
      high = h
      low = l
    },
    digest() {
      const bytes = Buffer.alloc(8)
      bytes.writeUInt32BE(~high >>> 0, 0)
      bytes.writeUInt32BE(~low >>> 0, 4)
      return wide ? bytes : bytes.subarray(4)
    },
  }
}

function table(algorithm: Algorithm): { high: Int32Array; low: Int32Array } {
  const polynomial = POLYNOMIALS[algorithm]!
  const [high, low] = [new Int32Array(256), new Int32Array(256)]
  for (let index = 0; index < 256; index++) {
    let value = BigInt(index)
    for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ polynomial : value >> 1n
    high[index] = Number(BigInt.asIntN(32, value >> 32n))
    low[index] = Number(BigInt.asIntN(32, value))
  }
  return { high, low }
}
