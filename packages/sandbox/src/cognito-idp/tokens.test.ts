import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CognitoIdentityClient, GetIdCommand } from '@aws-sdk/client-cognito-identity'
import { decodeJwt, decodeProtectedHeader, type JWTPayload, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPool, type TestPool } from '../pool.fixture.js'
import { openStore } from '../store.js'

// Tokens as somebody would make them who has, or has not, the pool's own key.

let folder: string
let pool: TestPool
let identity: CognitoIdentityClient
let key: KeyObject
let good: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'backline-tokens-'))
  pool = await startPool({}, { dataDir: folder })
  identity = new CognitoIdentityClient({ region: 'us-east-1', endpoint: pool.sandbox.url, maxAttempts: 1 })
  await pool.addUser('ada@example.com')
  good = (await pool.signIn('ada@example.com')).IdToken
  const store = openStore(join(folder, 'backline.sqlite'))
  key = createPrivateKey(store.get<{ signing_key: string }>('SELECT signing_key FROM pool')!.signing_key)
  store.close()
})
afterAll(async () => {
  identity.destroy()
  await pool.stop()
  rmSync(folder, { recursive: true, force: true })
})

const make = (changes: JWTPayload, signer: KeyObject | Uint8Array = key, alg = 'RS256') =>
  new SignJWT({ ...decodeJwt(good), ...changes })
    .setProtectedHeader({ ...decodeProtectedHeader(good), alg })
    .sign(signer)

const offer = (token: string) =>
  identity.send(
    new GetIdCommand({
      IdentityPoolId: pool.outputs.identity_pool_id,
      Logins: { [`cognito-idp.us-east-1.amazonaws.com/${pool.UserPoolId}`]: token },
    }),
  )

test('a token is taken for what it says: issuer, audience, use, time and session', async () => {
  await offer(good)
  await offer(await make({}))
  const past = Math.floor(pool.sandbox.clock.now() / 1000) - 1
  for (const [changes, why] of [
    [{ iss: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_other' }, 'issuer'],
    [{ aud: 'another-client' }, 'audience'],
    [{ token_use: 'refresh' }, 'neither an id nor an access token'],
    [{ exp: past }, 'expired'],
    [{ exp: undefined }, 'exp'],
    [{ origin_jti: 'never-begun' }, 'revoked'],
  ] as const) {
    await expect(make(changes).then(offer)).rejects.toMatchObject({
      name: 'NotAuthorizedException',
      message: expect.stringContaining(why),
    })
  }
})

test('only the pool’s own key signs: not another, not the public one as a secret, not none at all', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const publicPem = createPublicKey(key).export({ type: 'spki', format: 'pem' }) as string
  const [, body] = good.split('.') as [string, string]
  const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`
  for (const token of [
    await make({}, privateKey),
    await make({}, new TextEncoder().encode(publicPem), 'HS256'),
    unsigned,
    '..',
    good.slice(0, -8),
  ]) {
    await expect(offer(token)).rejects.toMatchObject({
      name: 'NotAuthorizedException',
      message: expect.stringContaining('Invalid login token.'),
    })
  }
})
