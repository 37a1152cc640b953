import { join } from 'node:path'
import { InitiateAuthCommand, RespondToAuthChallengeCommand } from '@aws-sdk/client-cognito-identity-provider'
import { Amplify } from 'aws-amplify'
import { confirmSignIn, signIn, signOut, signUp } from 'aws-amplify/auth'
import { afterEach, expect, test } from 'vitest'
import { appWith } from '../amplify.fixture.js'
import { PASSWORD, startPool, type TestPool } from '../pool.fixture.js'
import { startSandbox } from '../sandbox.js'
import { useOfficial, writeFunctions } from './official.fixture.js'

const ADA = 'ada@example.com'

let pool: TestPool | undefined
let functions: ReturnType<typeof writeFunctions> | undefined

const DEFINE = `export const handler = async (event) => {
  const { session } = event.request
  const last = session.at(-1)
  if (last?.challengeName === 'SRP_A') event.response.challengeName = 'PASSWORD_VERIFIER'
  else if (last?.challengeName === 'CUSTOM_CHALLENGE' && last.challengeResult) event.response.issueTokens = true
  else if (session.length >= 4 || (last && !last.challengeResult && last.challengeName === 'PASSWORD_VERIFIER')) event.response.failAuthentication = true
  else event.response.challengeName = 'CUSTOM_CHALLENGE'
  return event
}`
const CREATE = `export const handler = async (event) => {
  event.response.publicChallengeParameters = { riddle: 'What is ' + event.request.session.length + ' + 1?' }
  event.response.privateChallengeParameters = { answer: String(event.request.session.length + 1) }
  event.response.challengeMetadata = 'RIDDLE'
  return event
}`
const VERIFY = `export const handler = async (event) => {
  event.response.answerCorrect = event.request.privateChallengeParameters.answer === event.request.challengeAnswer
  return event
}`

async function served() {
  functions = writeFunctions()
  const started = await startPool({
    triggers: {
      defineAuthChallenge: functions.write('define', DEFINE),
      createAuthChallenge: functions.write('create', CREATE),
      verifyAuthChallengeResponse: functions.write('verify', VERIFY),
    },
  })
  pool = started
  useOfficial(started)
  return started
}

afterEach(async () => {
  await signOut().catch(() => {})
  await pool?.stop()
  functions?.remove()
  pool = functions = undefined
})

test('the official client answers the app’s own challenge, after a wrong guess as well', async () => {
  const pool = await served()
  await pool.register(ADA)
  const options = { authFlowType: 'CUSTOM_WITHOUT_SRP' } as const
  const { nextStep } = await signIn({ username: ADA, options })
  expect(nextStep).toMatchObject({
    signInStep: 'CONFIRM_SIGN_IN_WITH_CUSTOM_CHALLENGE',
    additionalInfo: { riddle: 'What is 0 + 1?' },
  })
  const { nextStep: again } = await confirmSignIn({ challengeResponse: '7' })
  expect(again).toMatchObject({ additionalInfo: { riddle: 'What is 1 + 1?' } })
  expect((await confirmSignIn({ challengeResponse: '2' })).isSignedIn).toBe(true)
})

test('with SRP the password comes first', async () => {
  const pool = await served()
  await pool.register(ADA)
  const options = { authFlowType: 'CUSTOM_WITH_SRP' } as const
  await expect(signIn({ username: ADA, password: 'Wrong-horse-1', options })).rejects.toMatchObject({
    name: 'NotAuthorizedException',
    message: 'Incorrect username or password.',
  })
  const { nextStep } = await signIn({ username: ADA, password: PASSWORD, options })
  expect(nextStep).toMatchObject({ additionalInfo: { riddle: 'What is 2 + 1?' } })
  expect((await confirmSignIn({ challengeResponse: '3' })).isSignedIn).toBe(true)
})

test('an answer counts once, and strangers cannot be told apart', async () => {
  const pool = await served()
  await pool.register(ADA)
  const initiate = (USERNAME: string) =>
    pool.sdk.send(
      new InitiateAuthCommand({
        ClientId: pool.ClientId,
        AuthFlow: 'CUSTOM_AUTH',
        AuthParameters: { USERNAME },
      }),
    )
  const answer = (USERNAME: string, ANSWER: string, Session?: string) =>
    pool.sdk.send(
      new RespondToAuthChallengeCommand({
        ClientId: pool.ClientId,
        ChallengeName: 'CUSTOM_CHALLENGE',
        Session,
        ChallengeResponses: { USERNAME, ANSWER },
      }),
    )
  const { Session } = await initiate(ADA)
  expect((await answer(ADA, '1', Session)).AuthenticationResult).toBeDefined()
  await expect(answer(ADA, '1', Session)).rejects.toMatchObject({ name: 'NotAuthorizedException' })

  const stranger = await initiate('nobody@example.com')
  expect(stranger.ChallengeParameters).toMatchObject({ riddle: 'What is 0 + 1?' })
  await expect(answer('nobody@example.com', '1', stranger.Session)).rejects.toMatchObject({
    name: 'NotAuthorizedException',
    message: 'Incorrect username or password.',
  })
})

test('an amplify folder brings its functions along, each beside its resource', async () => {
  const app = appWith({
    'amplify/backend.ts':
      "import { defineBackend } from '@aws-amplify/backend'\nimport { auth } from './auth/resource'\ndefineBackend({ auth })",
    'amplify/auth/resource.ts': `import { defineAuth, secret } from '@aws-amplify/backend'
import { preSignUp } from './pre-sign-up/resource'
export const auth = defineAuth({ loginWith: { email: true }, triggers: { preSignUp } })`,
    'amplify/auth/pre-sign-up/resource.ts': `import { defineFunction } from '@aws-amplify/backend'
export const preSignUp = defineFunction({ name: 'pre-sign-up', environment: { ALLOW_DOMAIN: 'example.com' } })`,
    'amplify/auth/pre-sign-up/domains.ts':
      'export const fits = (email: string) => email.endsWith(process.env.ALLOW_DOMAIN!)',
    'amplify/auth/pre-sign-up/handler.ts': `import type { PreSignUpTriggerHandler } from 'aws-lambda'
import { fits } from './domains'
export const handler: PreSignUpTriggerHandler = async (event) => {
  if (!fits(event.request.userAttributes['email']!)) throw new Error('Invalid email domain')
  return event
}`,
  })
  const sandbox = await startSandbox({ backend: join(app, 'amplify') })
  try {
    const { user_pool_id: userPoolId, user_pool_client_id: userPoolClientId } = sandbox.outputs
      .auth as Record<string, string>
    Amplify.configure({
      Auth: {
        Cognito: {
          userPoolId: userPoolId!,
          userPoolClientId: userPoolClientId!,
          userPoolEndpoint: sandbox.url,
        },
      },
    })
    await expect(signUp({ username: 'ada@elsewhere.org', password: PASSWORD })).rejects.toMatchObject({
      name: 'UserLambdaValidationException',
    })
    expect((await signUp({ username: ADA, password: PASSWORD })).nextStep.signUpStep).toBe('CONFIRM_SIGN_UP')
  } finally {
    await sandbox.stop()
  }
})
