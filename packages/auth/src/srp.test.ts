import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ephemeral, proof, timestamp, verifier } from './srp.js'
import { N, number, srpService } from './srpService.fixture.js'

const sha256 = async (data: Uint8Array) => new Uint8Array(createHash('sha256').update(data).digest())
const platform = { sha256, randomBytes }
const randomly = (bytes: Uint8Array) => ({ sha256, randomBytes: () => bytes })

interface Vector {
  about: string
  pool: string
  user: string
  password: string
  random: string
  A: string
  B: string
  salt: string
  secretBlock: string
  timestamp: string
  signature: string
}
const { cases } = JSON.parse(readFileSync(new URL('./srp.vectors.json', import.meta.url), 'utf8')) as {
  cases: Vector[]
}

describe('what the official client computes, we compute', () => {
  test.each(cases)('$about', async ({ random, A, signature, secretBlock, ...challenge }) => {
    const secret = await ephemeral(randomly(Buffer.from(random, 'hex')))
    expect(secret.A).toBe(A)
    const made = await proof(sha256, secret, {
      ...challenge,
      secretBlock: Buffer.from(secretBlock, 'base64'),
    })
    expect(Buffer.from(made).toString('base64')).toBe(signature)
  })
})

test('a whole handshake with a service that knows only the verifier', async () => {
  const who = { pool: 'AbCdEfGh1', user: 'ünïcode user%@example.com', password: 'pässword 1' }
  const registered = await verifier(platform, who)
  for (let round = 0; round < 8; round++) {
    const pool = srpService(number(registered.verifier))
    const secret = await ephemeral(platform)
    const secretBlock = randomBytes(100)
    const at = timestamp(Date.now())
    const salt = Buffer.from(registered.salt).toString('hex')
    const prove = async (password: string) =>
      Buffer.from(
        await proof(sha256, secret, { ...who, password, B: pool.B, salt, secretBlock, timestamp: at }),
      ).toString('base64')

    const message = Buffer.concat([Buffer.from(who.pool + who.user), secretBlock, Buffer.from(at)])
    expect(await prove(who.password)).toBe(pool.expects(BigInt(`0x${secret.A}`), message))
    expect(await prove('pässword 2')).not.toBe(pool.expects(BigInt(`0x${secret.A}`), message))
  }
})

test('a service whose number is a multiple of the prime is refused', async () => {
  const challenge = { ...cases[0]!, secretBlock: randomBytes(8) }
  for (const B of [0n, N, 2n * N]) {
    const made = proof(sha256, await ephemeral(platform), { ...challenge, B: B.toString(16) })
    await expect(made).rejects.toThrow(RangeError)
  }
})

test('a broken random generator is noticed', async () => {
  await expect(ephemeral(randomly(new Uint8Array(32)))).rejects.toThrow('nothing but zeros')
})

test('the timestamp has no zero before the day, two digits in the hour, and is in UTC', () => {
  expect(timestamp(Date.UTC(2025, 10, 1, 9, 5, 0))).toBe('Sat Nov 1 09:05:00 UTC 2025')
  expect(timestamp(Date.UTC(2026, 1, 28, 23, 59, 59, 999))).toBe('Sat Feb 28 23:59:59 UTC 2026')
})
