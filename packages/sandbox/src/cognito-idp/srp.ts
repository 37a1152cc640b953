import { createHash, createHmac, getDiffieHellman } from 'node:crypto'

// SRP-6a as Cognito speaks it, the server's side: RFC 5054 with the 3072-bit group (the prime of RFC 3526 group 15, which Node
// carries), SHA-256, numbers hashed in two's complement, and a key derived by one step of HKDF. Shares no code with the client.
// https://datatracker.ietf.org/doc/html/rfc5054 · https://datatracker.ietf.org/doc/html/rfc5869

const prime = /* @__PURE__ */ (() => BigInt(`0x${getDiffieHellman('modp15').getPrime('hex')}`))()
const generator = 2n
const multiplier = /* @__PURE__ */ (() => numberOf(sha256(bytesOf(prime), bytesOf(generator))))()
const INFO = 'Caldera Derived Key'

/** What is kept instead of a password. */
export function verifierOf(poolName: string, username: string, password: string, salt: string): string {
  const identity = sha256(`${poolName}${username}:${password}`)
  const x = numberOf(sha256(bytesOf(BigInt(`0x${salt}`)), identity))
  return power(generator, x).toString(16)
}

/** The server's public number B for its secret b. */
export function serverPublic(verifier: string, secret: string): string {
  const b = BigInt(`0x${secret}`)
  return modulo(multiplier * BigInt(`0x${verifier}`) + power(generator, b)).toString(16)
}

/** Is this a number A that a client may send? Multiples of the prime would make the shared secret known to anybody. */
export function isClientPublic(publicA: string): boolean {
  return /^[0-9a-f]{1,1024}$/i.test(publicA) && modulo(BigInt(`0x${publicA}`)) !== 0n
}

/** The key that only somebody who knows the password arrives at as well. */
export function sessionKey(publicA: string, publicB: string, verifier: string, secret: string): Buffer {
  const [a, b] = [BigInt(`0x${publicA}`), BigInt(`0x${publicB}`)]
  const u = numberOf(sha256(bytesOf(a), bytesOf(b)))
  const shared = power(modulo(a * power(BigInt(`0x${verifier}`), u)), BigInt(`0x${secret}`))
  const extracted = createHmac('sha256', bytesOf(u)).update(bytesOf(shared)).digest()
  return createHmac('sha256', extracted).update(`${INFO}\u0001`).digest().subarray(0, 16)
}

/** The proof of that key which the client sends. */
export function proof(
  key: Buffer,
  {
    poolName,
    username,
    secretBlock,
    timestamp,
  }: Record<'poolName' | 'username' | 'secretBlock' | 'timestamp', string>,
): string {
  return createHmac('sha256', key)
    .update(poolName)
    .update(username)
    .update(Buffer.from(secretBlock, 'base64'))
    .update(timestamp)
    .digest('base64')
}

/** Big-endian two's complement of a positive number: a zero byte goes before a high first bit. */
function bytesOf(value: bigint): Buffer {
  const hex = value.toString(16)
  const even = hex.length % 2 ? `0${hex}` : hex
  return Buffer.from(/^[89a-f]/.test(even) ? `00${even}` : even, 'hex')
}

function numberOf(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex')}`)
}

function sha256(...parts: (string | Buffer)[]): Buffer {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

const modulo = (value: bigint) => ((value % prime) + prime) % prime

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  let square = modulo(base)
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % prime
    square = (square * square) % prime
  }
  return result
}
