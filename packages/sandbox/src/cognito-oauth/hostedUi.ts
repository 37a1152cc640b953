import { type Operation, ServiceError } from '../awsJson.js'
import { mfaOperations } from '../cognito-idp/mfa.js'
import { passwordOperations } from '../cognito-idp/password.js'
import { authPlan, type Pool } from '../cognito-idp/pool.js'
import { initiateAuth, respondToAuthChallenge } from '../cognito-idp/signIn.js'
import { signUpOperations } from '../cognito-idp/signUp.js'
import type { WireRequest, WireResponse } from '../service.js'
import { oauthPlan, queryOf } from './authorization.js'
import { challengePage } from './challengePages.js'
import { form, link, page } from './pages.js'
import { at, type Reply, show, typed, type Visit } from './visit.js'

// What happens on the pages: the same steps as over the wire, asked for with forms.

const paths = {
  login: '/login',
  signUp: '/signup',
  confirm: '/confirm',
  forgot: '/forgotPassword',
  reset: '/resetPassword',
}

/** Every page of a visit: shown when it is looked at, worked on when its form comes back. */
export const PAGES: Record<
  string,
  { look(visit: Visit): WireResponse; post(visit: Visit): Promise<WireResponse> }
> = {
  [paths.login]: { look: (visit) => loginPage(visit), post: logIn },
  [paths.signUp]: { look: (visit) => signUpPage(visit), post: signUp },
  [paths.confirm]: { look: (visit) => confirmPage(visit, ''), post: confirm },
  [paths.forgot]: { look: (visit) => forgotPage(visit), post: forgot },
  [paths.reset]: { look: (visit) => resetPage(visit, ''), post: reset },
  '/challenge': { look: (visit) => loginPage(visit), post: answer },
}

function loginPage(visit: Visit, error?: string, notice = ''): WireResponse {
  const { pool, request, csrf } = visit
  const { providers } = oauthPlan(pool)
  const instead = authPlan(pool).passwordless?.length
    ? { name: 'way', value: 'choose', label: 'Sign in without a password' }
    : undefined
  const federated = providers.map((provider) =>
    link(
      `/oauth2/authorize?${new URLSearchParams([...queryOf(request), ['identity_provider', provider]])}`,
      `Continue with ${provider}`,
      true,
    ),
  )
  return show(visit, {
    title: 'Sign in',
    error,
    body: `${notice}${federated.join('')}${form(
      at(paths.login, visit),
      [
        {
          name: 'username',
          label: nameOfLogin(pool),
          value: typed(visit, 'username') || request.loginHint,
          autocomplete: 'username',
        },
        { name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password' },
      ],
      { _csrf: csrf },
      'Sign in',
      { instead },
    )}${link(at(paths.forgot, visit), 'Forgot your password?')}${link(at(paths.signUp, visit), 'Create an account')}`,
  })
}

function logIn(visit: Visit): Promise<WireResponse> {
  const [USERNAME, PASSWORD] = [typed(visit, 'username'), typed(visit, 'password')]
  const [flow, AuthParameters] =
    typed(visit, 'way') === 'choose'
      ? ['USER_AUTH', { USERNAME }]
      : ['USER_PASSWORD_AUTH', { USERNAME, PASSWORD }]
  return attempt(
    visit,
    () => initiateAuth(visit.pool, { AuthParameters }, flow, true),
    (error) =>
      error.type === 'UserNotConfirmedException'
        ? confirmPage(visit, USERNAME)
        : loginPage(visit, error.message),
  )
}

async function answer(visit: Visit): Promise<WireResponse> {
  const { pool, wire } = visit
  const ChallengeName = typed(visit, 'challenge')
  const USERNAME = typed(visit, 'username')
  let Session = typed(visit, 'session')
  const { challenge: _, session: __, username: ___, _csrf, code, ...rest } = Object.fromEntries(visit.typed)
  return attempt(
    visit,
    async () => {
      if (ChallengeName === 'MFA_SETUP' && code) {
        const verified = await call(
          mfaOperations(pool),
          'VerifySoftwareToken',
          { Session, UserCode: code },
          wire,
        )
        Session = (verified as Reply).Session ?? ''
      }
      const answers = code && ChallengeName !== 'MFA_SETUP' ? { [`${ChallengeName}_CODE`]: code } : {}
      const ChallengeResponses = { USERNAME, ...rest, ...answers }
      return respondToAuthChallenge(pool, { ChallengeName, Session, ChallengeResponses })
    },
    (error) => {
      const secret = typed(visit, 'secret')
      if (error.type === 'UserNotConfirmedException') return confirmPage(visit, USERNAME)
      // A session that is over has no second try, and a choice or a passkey is asked for anew.
      if (error.type === 'NotAuthorizedException' || /^(SELECT_CHALLENGE|WEB_AUTHN)$/.test(ChallengeName))
        return loginPage(visit, error.message)
      return challengePage(
        visit,
        { ChallengeName, Session, ChallengeParameters: { USERNAME } },
        error.message,
        secret,
      )
    },
  )
}

/** A step of a sign-in: in, another challenge, or what went wrong. */
async function attempt(
  visit: Visit,
  step: () => Promise<object>,
  otherwise: (error: ServiceError) => WireResponse,
): Promise<WireResponse> {
  try {
    const reply = (await step()) as Reply
    if (reply.Admitted) return await visit.enter(reply.Admitted)
    const parameters = { USERNAME: typed(visit, 'username'), ...reply.ChallengeParameters }
    if (reply.ChallengeName !== 'MFA_SETUP')
      return challengePage(visit, { ...reply, ChallengeParameters: parameters })
    const setUp = (parameters as Record<string, string>).MFAS_CAN_SETUP ?? ''
    if (!setUp.includes('SOFTWARE_TOKEN_MFA'))
      return challengePage(visit, { ...reply, ChallengeParameters: parameters })
    const { Session } = reply
    const begun = await call(mfaOperations(visit.pool), 'AssociateSoftwareToken', { Session }, visit.wire)
    const { SecretCode, Session: next } = begun as { SecretCode: string; Session: string }
    return challengePage(
      visit,
      { ...reply, Session: next, ChallengeParameters: parameters },
      undefined,
      SecretCode,
    )
  } catch (error) {
    if (error instanceof ServiceError) return otherwise(error)
    throw error
  }
}

function signUpPage(visit: Visit, error?: string): WireResponse {
  const { pool } = visit
  const named = loginAttribute(pool)
  const passwordless = !!authPlan(pool).passwordless?.length
  const others = authPlan(pool).requiredAttributes.filter((name) => name !== named)
  return show(visit, {
    title: 'Create an account',
    error,
    body: `${form(
      at(paths.signUp, visit),
      [
        {
          name: 'username',
          label: nameOfLogin(pool),
          value: typed(visit, 'username'),
          autocomplete: 'username',
        },
        ...others.map((name) => ({
          name: `attribute.${name}`,
          label: name.replaceAll('_', ' '),
          value: typed(visit, `attribute.${name}`),
        })),
        {
          name: 'password',
          label: passwordless ? 'Password, if you want one' : 'Password',
          type: 'password',
          autocomplete: 'new-password',
          optional: passwordless,
        },
      ],
      { _csrf: visit.csrf },
      'Sign up',
    )}${link(at(paths.login, visit), 'I have an account')}`,
  })
}

async function signUp(visit: Visit): Promise<WireResponse> {
  const { pool, wire } = visit
  const Username = typed(visit, 'username')
  const UserAttributes = [...visit.typed].flatMap(([name, Value]) =>
    name.startsWith('attribute.') ? [{ Name: name.slice('attribute.'.length), Value }] : [],
  )
  const Password = typed(visit, 'password') || undefined
  const input = { ClientId: pool.clientId, Username, Password, UserAttributes }
  return tried(
    async () => {
      const { UserConfirmed } = (await call(signUpOperations(pool), 'SignUp', input, wire)) as {
        UserConfirmed: boolean
      }
      return UserConfirmed
        ? loginPage(visit, undefined, '<p>Your account is ready.</p>')
        : confirmPage(visit, Username)
    },
    (message) => signUpPage(visit, message),
  )
}

function confirmPage(visit: Visit, username: string, error?: string): WireResponse {
  return show(visit, {
    title: 'Confirm your account',
    error,
    body: form(
      at(paths.confirm, visit),
      [
        { name: 'username', label: nameOfLogin(visit.pool), value: username, autocomplete: 'username' },
        { name: 'code', label: 'The code that was sent to you', autocomplete: 'one-time-code' },
      ],
      { _csrf: visit.csrf },
      'Confirm',
    ),
  })
}

export const CONFIRM_BY_LINK = '/confirmUser'

/** Where a mailed link leads: https://docs.aws.amazon.com/cognito/latest/developerguide/confirm-user-endpoint.html */
export async function confirmByLink(pool: Pool, wire: WireRequest): Promise<WireResponse> {
  const value = (name: string) => wire.url.searchParams.get(name) ?? undefined
  const input = {
    ClientId: value('client_id'),
    Username: value('user_name'),
    ConfirmationCode: value('confirmation_code'),
  }
  return tried(
    async () => {
      await call(signUpOperations(pool), 'ConfirmSignUp', input, wire)
      return page({ title: 'Your registration has been confirmed', body: '<p>You can sign in now.</p>' })
    },
    (message) => page({ title: 'An error was encountered', body: '', error: message, status: 400 }),
  )
}

function confirm(visit: Visit): Promise<WireResponse> {
  const [Username, ConfirmationCode] = [typed(visit, 'username'), typed(visit, 'code')]
  const input = { ClientId: visit.pool.clientId, Username, ConfirmationCode }
  return tried(
    async () => {
      await call(signUpOperations(visit.pool), 'ConfirmSignUp', input, visit.wire)
      return loginPage(visit, undefined, '<p>Your account is confirmed. Sign in with it.</p>')
    },
    (message) => confirmPage(visit, Username, message),
  )
}

function forgotPage(visit: Visit, error?: string): WireResponse {
  const field = {
    name: 'username',
    label: nameOfLogin(visit.pool),
    value: typed(visit, 'username'),
    autocomplete: 'username',
  }
  const body = form(at(paths.forgot, visit), [field], { _csrf: visit.csrf }, 'Send a code')
  return show(visit, { title: 'Forgot your password?', error, body })
}

function forgot(visit: Visit): Promise<WireResponse> {
  const Username = typed(visit, 'username')
  return tried(
    async () => {
      await call(
        passwordOperations(visit.pool),
        'ForgotPassword',
        { ClientId: visit.pool.clientId, Username },
        visit.wire,
      )
      return resetPage(visit, Username)
    },
    (message) => forgotPage(visit, message),
  )
}

function resetPage(visit: Visit, username: string, error?: string): WireResponse {
  return show(visit, {
    title: 'Choose a new password',
    error,
    body: form(
      at(paths.reset, visit),
      [
        { name: 'username', label: nameOfLogin(visit.pool), value: username, autocomplete: 'username' },
        { name: 'code', label: 'The code that was sent to you', autocomplete: 'one-time-code' },
        { name: 'password', label: 'New password', type: 'password', autocomplete: 'new-password' },
      ],
      { _csrf: visit.csrf },
      'Change password',
    ),
  })
}

function reset(visit: Visit): Promise<WireResponse> {
  const Username = typed(visit, 'username')
  const input = {
    ClientId: visit.pool.clientId,
    Username,
    ConfirmationCode: typed(visit, 'code'),
    Password: typed(visit, 'password'),
  }
  return tried(
    async () => {
      await call(passwordOperations(visit.pool), 'ConfirmForgotPassword', input, visit.wire)
      return loginPage(visit, undefined, '<p>Your password is changed. Sign in with it.</p>')
    },
    (message) => resetPage(visit, Username, message),
  )
}

async function tried(
  work: () => Promise<WireResponse>,
  otherwise: (message: string) => WireResponse,
): Promise<WireResponse> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ServiceError) return otherwise(error.message)
    throw error
  }
}

const call = async (
  operations: Record<string, Operation>,
  name: string,
  input: Record<string, unknown>,
  wire: WireRequest,
) => (await operations[name]!(input, wire)) ?? {}

function loginAttribute(pool: Pool): 'email' | 'phone_number' | undefined {
  const { email, phone, username } = authPlan(pool).loginWith
  if (username) return undefined
  return email ? 'email' : phone ? 'phone_number' : undefined
}

function nameOfLogin(pool: Pool): string {
  const attribute = loginAttribute(pool)
  if (!attribute) return 'Username'
  return attribute === 'email' ? 'Email' : 'Phone number'
}
