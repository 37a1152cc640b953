import { getDiffieHellman } from 'node:crypto'
import { expect, test } from 'vitest'
import { isClientPublic, serverPublic, sessionKey, verifierOf } from './srp.js'

const SALT = '9f3c5a7be1d20486f0a1b2c3d4e5f607'

test('OpenSSL arrives at the same public number', () => {
  const group = getDiffieHellman('modp15')
  group.generateKeys()
  const prime = BigInt(`0x${group.getPrime('hex')}`)
  const verifier = verifierOf('pool', 'ada', 'secret', SALT)
  // B - k·v = g^b, which is a plain Diffie-Hellman public number; k as the official client has it.
  const k = 0x538282c4354742d7cbbde2359fcf67f9f5b3a6b08791e5011b43b8a5b66d9ee6n
  const publicB = BigInt(`0x${serverPublic(verifier, group.getPrivateKey('hex'))}`)
  const plain = (publicB - k * BigInt(`0x${verifier}`)) % prime
  expect((plain + prime) % prime).toBe(BigInt(`0x${group.getPublicKey('hex')}`))
})

test('numbers that would give the key away are refused', () => {
  const prime = getDiffieHellman('modp15').getPrime('hex')
  for (const bad of ['0', '00', prime, `${'0'.repeat(4)}${prime}`, '', 'xyz', '1'.repeat(2000)]) {
    expect(isClientPublic(bad)).toBe(false)
  }
  expect(isClientPublic('2')).toBe(true)
})

test('another password, user or pool gives another verifier, and another verifier another key', () => {
  const verifier = verifierOf('pool', 'ada', 'secret', SALT)
  const others = [
    verifierOf('pool', 'ada', 'Secret', SALT),
    verifierOf('pool', 'bob', 'secret', SALT),
    verifierOf('puddle', 'ada', 'secret', SALT),
  ]
  expect(new Set([verifier, ...others]).size).toBe(4)
  const key = (each: string) => sessionKey('abcdef', serverPublic(each, '77'), each, '77').toString('hex')
  expect(new Set([verifier, ...others].map(key)).size).toBe(4)
  expect(key(verifier)).toMatch(/^[0-9a-f]{32}$/)
})
