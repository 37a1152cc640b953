import { createHash, createHmac, getDiffieHellman, hkdfSync, randomBytes } from 'node:crypto'

// The service's side of a handshake, for tests. It shares no line with srp.ts: the prime of RFC 3526, HKDF and HMAC are Node's.

export const N = BigInt(`0x${getDiffieHellman('modp15').getPrime('hex')}`)

export function number(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
}

/** One handshake with somebody of whom only the verifier is known. */
export function srpService(verifier: bigint) {
  const b = number(randomBytes(64))
  const k = number(createHash('sha256').update(signed(N)).update(signed(2n)).digest())
  const B = (k * verifier + power(2n, b)) % N
  return {
    B: B.toString(16),
    /** The signature that proves the password, in base64. */
    expects(A: bigint, message: Uint8Array): string {
      const u = number(createHash('sha256').update(signed(A)).update(signed(B)).digest())
      const S = power(A * power(verifier, u), b)
      const key = hkdfSync('sha256', signed(S), signed(u), 'Caldera Derived Key', 16)
      return createHmac('sha256', Buffer.from(key)).update(message).digest('base64')
    },
  }
}

function power(base: bigint, exponent: bigint): bigint {
  if (exponent === 0n) return 1n
  const half = power(base, exponent >> 1n)
  return (half * half * (exponent & 1n ? base : 1n)) % N
}

/** The bytes of a positive number in two's complement. */
function signed(value: bigint): Buffer {
  const hex = value.toString(16)
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
  return bytes[0]! & 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes
}
