import { generateKeyPairSync, type KeyLike, sign } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { GetIdCommand } from '@aws-sdk/client-cognito-identity'
import {
  AdminInitiateAuthCommand,
  ConfirmSignUpCommand,
  GetUserCommand,
  GlobalSignOutCommand,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import type { Sandbox } from '@backline/sandbox'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type People, peopleOf } from './people.fixture.js'
import { outputsOf, PASSWORD, startShop } from './shop.fixture.js'

// The AWS SDK's client of user pools, on the whole sandbox. SRP's arithmetic is aws-amplify's own, so that neither side is ours.
// What single operations refuse is tried with the same client in packages/sandbox/src/cognito-idp.

const ADA = 'ada@example.com'
const denied = { name: 'NotAuthorizedException' }

const open = { pool: 'opened', identity: 'opened', graphql: 'opened', status: 200 }
const shut = {
  pool: 'NotAuthorizedException',
  identity: 'NotAuthorizedException',
  graphql: 'UnauthorizedException',
  status: 401,
}

let sandbox: Sandbox
let people: People
beforeEach(async () => {
  sandbox = await startShop()
  people = peopleOf(sandbox)
})
afterEach(async () => {
  people.close()
  await sandbox.stop()
})

test('a person signs up, signs in by password, refreshes, and after signing out everywhere is refused', async () => {
  const { pool, ClientId } = people
  await people.register(ADA)
  await expect(people.signIn(ADA, 'Wrong-horse-1')).rejects.toMatchObject({
    ...denied,
    message: 'Incorrect username or password.',
  })
  const { AccessToken, RefreshToken } = await people.signIn(ADA)
  const { UserAttributes } = await pool.send(new GetUserCommand({ AccessToken }))
  expect(UserAttributes).toContainEqual({ Name: 'email', Value: ADA })

  const refresh = new InitiateAuthCommand({
    ClientId,
    AuthFlow: 'REFRESH_TOKEN_AUTH',
    AuthParameters: { REFRESH_TOKEN: RefreshToken },
  })
  const { AuthenticationResult } = await pool.send(refresh)
  expect(partOf(AuthenticationResult!.IdToken!, 1)).toMatchObject({ email: ADA, token_use: 'id' })

  await pool.send(new GlobalSignOutCommand({ AccessToken }))
  for (const token of [AccessToken, AuthenticationResult!.AccessToken]) {
    await expect(pool.send(new GetUserCommand({ AccessToken: token }))).rejects.toMatchObject(denied)
  }
  await expect(pool.send(refresh)).rejects.toMatchObject(denied)
  await people.signIn(ADA)
})

test('a person signs in with SRP as aws-amplify reckons it', async () => {
  await people.register(ADA)
  const { AuthenticationResult } = await signInWithSrp(ADA, PASSWORD)
  expect(partOf(AuthenticationResult!.AccessToken!, 1)).toMatchObject({ client_id: people.ClientId })
  await expect(signInWithSrp(ADA, 'Wrong-horse-1')).rejects.toMatchObject(denied)
  await expect(signInWithSrp('eve@example.com', PASSWORD)).rejects.toMatchObject({
    ...denied,
    message: 'Incorrect username or password.',
  })
})

test('a code that is a day old confirms nobody', async () => {
  const { pool, ClientId } = people
  await pool.send(new SignUpCommand({ ClientId, Username: ADA, Password: PASSWORD }))
  const { code } = await sandbox.inbox.next({ to: ADA })
  sandbox.clock.advance(24 * 3_600_000)
  await expect(
    pool.send(new ConfirmSignUpCommand({ ClientId, Username: ADA, ConfirmationCode: code })),
  ).rejects.toMatchObject({ name: 'ExpiredCodeException' })
  await expect(people.signIn(ADA)).rejects.toMatchObject({ name: 'UserNotConfirmedException' })
})

test('an administrator’s operation needs an administrator’s signature', async () => {
  await people.register(ADA)
  await expect(
    people.pool.send(
      new AdminInitiateAuthCommand({
        UserPoolId: people.auth.user_pool_id,
        ClientId: people.ClientId,
        AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: ADA, PASSWORD },
      }),
    ),
  ).rejects.toMatchObject({
    $metadata: { httpStatusCode: expect.toSatisfy((status) => status >= 400 && status < 500) },
  })
})

test('a forged, foreign or expired token opens nothing: not the pool, not AppSync, not an identity', async () => {
  await people.register(ADA)
  const { AccessToken, IdToken } = await people.signIn(ADA)
  const opens = (access: string, id: string) => whatOpens(sandbox, people, access, id)
  expect(await opens(AccessToken, IdToken)).toEqual(open)

  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const both = (changes: object) =>
    opens(forge(AccessToken, changes, privateKey), forge(IdToken, changes, privateKey))
  expect(await both({})).toEqual(shut)
  const unsigned = (token: string) =>
    `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.`
  expect(await opens(unsigned(AccessToken), unsigned(IdToken))).toEqual(shut)
  const altered = (token: string) => {
    const [head, , signature] = token.split('.')
    const body = Buffer.from(JSON.stringify({ ...partOf(token, 1), 'cognito:groups': ['ADMINS'] }))
    return `${head}.${body.toString('base64url')}.${signature}`
  }
  expect(await opens(altered(AccessToken), altered(IdToken))).toEqual(shut)

  // Another pool's tokens are whole and fresh, with its own issuer, audience and key: still not ours.
  const elsewhere = await startShop()
  const others = peopleOf(elsewhere)
  await others.register(ADA)
  const foreign = await others.signIn(ADA)
  others.close()
  await elsewhere.stop()
  expect(await opens(foreign.AccessToken, foreign.IdToken)).toEqual(shut)

  sandbox.clock.advance(3_600_001)
  expect(await opens(AccessToken, IdToken)).toEqual(shut)
})

/** The same token with some claims changed, signed with this key. */
function forge(token: string, changes: object, key: KeyLike) {
  const { alg, kid } = partOf(token, 0)
  const said = [
    { alg, kid },
    { ...partOf(token, 1), ...changes },
  ]
  const text = said.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`
}

const partOf = (token: string, index: 0 | 1): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[index]!, 'base64url').toString())

test('the pool’s own key is not enough: the audience, the issuer and the use must be right too', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'backline-tokens-'))
  const kept = await startShop({ dataDir })
  const inIt = peopleOf(kept)
  try {
    await inIt.register(ADA)
    const { AccessToken, IdToken } = await inIt.signIn(ADA)
    const store = new DatabaseSync(join(dataDir, 'backline.sqlite'), { readOnly: true })
    const row = store.prepare('SELECT signing_key FROM pool').get() as { signing_key: string }
    store.close()
    const both = (changes: object) =>
      whatOpens(
        kept,
        inIt,
        forge(AccessToken, changes, row.signing_key),
        forge(IdToken, changes, row.signing_key),
      )
    expect(await both({})).toEqual(open)
    const now = Math.floor(kept.clock.now() / 1000)
    for (const changes of [
      { iss: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_other' },
      { aud: 'another-client', client_id: 'another-client' },
      { token_use: 'refresh' },
      { exp: now - 1 },
      { exp: undefined },
    ]) {
      expect(await both(changes), JSON.stringify(changes)).toEqual(shut)
    }
  } finally {
    inIt.close()
    await kept.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
})

/** What a pair of tokens is good for: the user pool, the identity pool, AppSync. */
async function whatOpens(sandbox: Sandbox, people: People, access: string, id: string) {
  const user = await people.pool.send(new GetUserCommand({ AccessToken: access })).catch((error) => error)
  const identity = await people.identities
    .send(new GetIdCommand({ IdentityPoolId: people.auth.identity_pool_id, Logins: people.logins(id) }))
    .catch((error) => error)
  const answer = await fetch(outputsOf(sandbox).data.url, {
    method: 'POST',
    headers: { authorization: access },
    body: JSON.stringify({ query: '{ listPosts { items { id } } }' }),
  })
  const answered = await answer.json()
  return {
    pool: user.name ?? 'opened',
    identity: identity.name ?? 'opened',
    graphql: answered.errors?.[0].errorType ?? 'opened',
    status: answer.status,
  }
}

/** The steps of https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-authentication-flow.html with aws-amplify's sums. */
async function signInWithSrp(username: string, password: string) {
  const { pool, ClientId } = people
  const srp = await officialSrp()
  const poolName = people.auth.user_pool_id.split('_')[1]!
  const helper = await srp.getAuthenticationHelper(poolName)
  const { ChallengeParameters } = await pool.send(
    new InitiateAuthCommand({
      ClientId,
      AuthFlow: 'USER_SRP_AUTH',
      AuthParameters: { USERNAME: username, SRP_A: helper.A.toString(16) },
    }),
  )
  const { SRP_B, SALT, USER_ID_FOR_SRP, SECRET_BLOCK } = ChallengeParameters!
  const hkdf = await helper.getPasswordAuthenticationKey({
    username: USER_ID_FOR_SRP,
    password,
    serverBValue: new srp.BigInteger(SRP_B, 16),
    salt: new srp.BigInteger(SALT, 16),
  })
  const dateNow = srp.getNowString()
  const PASSWORD_CLAIM_SIGNATURE = srp.getSignatureString({
    username: USER_ID_FOR_SRP,
    userPoolName: poolName,
    challengeParameters: ChallengeParameters,
    dateNow,
    hkdf,
  })
  return pool.send(
    new RespondToAuthChallengeCommand({
      ClientId,
      ChallengeName: 'PASSWORD_VERIFIER',
      ChallengeResponses: {
        USERNAME: USER_ID_FOR_SRP!,
        PASSWORD_CLAIM_SECRET_BLOCK: SECRET_BLOCK!,
        PASSWORD_CLAIM_SIGNATURE,
        TIMESTAMP: dateNow,
      },
    }),
  )
}

/** aws-amplify does not export its SRP, so its files are asked for by path. */
async function officialSrp() {
  // It is aws-amplify's dependency, not ours.
  const scope = '@aws-amplify'
  const require = createRequire(createRequire(import.meta.url).resolve('aws-amplify/package.json'))
  const folder = join(
    dirname(require.resolve(`${scope}/auth/package.json`)),
    'dist/cjs/providers/cognito/utils/srp',
  )
  return {
    ...require(join(folder, 'getAuthenticationHelper.js')),
    ...require(join(folder, 'getNowString.js')),
    ...require(join(folder, 'getSignatureString.js')),
    BigInteger: require(join(folder, 'BigInteger/BigInteger.js')).default,
  }
}
