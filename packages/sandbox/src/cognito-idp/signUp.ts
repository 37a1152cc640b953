import { randomUUID } from 'node:crypto'
import { type Operation, ServiceError } from '../awsJson.js'
import {
  attributes,
  invalidParameter,
  newPassword,
  notAuthorized,
  optionalText,
  text,
  texts,
} from '../input.js'
import { checkClient } from './clients.js'
import { deliveryTo, expiredCode, sendCode, takeCode } from './codes.js'
import { passwordFault } from './passwordPolicy.js'
import { authPlan, type Pool } from './pool.js'
import { close, open, sessionOver } from './sessions.js'
import { runTrigger } from './triggers.js'
import { openSignUp } from './userAuth.js'
import { attributeOfLogin, checkAttributes, findUser, protect, saveUser, type User } from './users.js'

/** People registering themselves. */
export function signUpOperations(pool: Pool): Record<string, Operation> {
  const { store } = pool.world
  return {
    async SignUp(input) {
      checkClient(pool, input)
      if (authPlan(pool).signUpClosed) throw notAuthorized('SignUp is not permitted for this user pool')
      const passwordless = !!authPlan(pool).passwordless?.length
      const password =
        passwordless && input.Password === undefined ? undefined : newPassword(input, 'Password')
      const login = text(input, 'Username')
      const blank = newUser(pool, login, attributes(input, 'UserAttributes'))
      if (password !== undefined) checkPassword(pool, password)
      checkNew(pool, blank)
      const metadata = texts(input, 'ClientMetadata')
      const { confirmed, user: allowed } = await preSignUp(pool, blank, 'PreSignUp_SignUp', {
        validationData: attributes(input, 'ValidationData'),
        clientMetadata: metadata,
      })
      const user: User = {
        ...allowed,
        ...(password === undefined ? {} : protect(pool, blank.username, password)),
        status: confirmed ? 'CONFIRMED' : 'UNCONFIRMED',
      }
      store.transaction(() => addUser(pool, user))
      const Session = passwordless ? openSignUp(pool, user, confirmed) : undefined
      const answer = { UserConfirmed: confirmed, UserSub: user.sub, ...(Session ? { Session } : {}) }
      if (confirmed) {
        await postConfirmation(pool, user, metadata)
        return answer
      }
      const attribute = reachableAt(user)
      if (!attribute) return answer
      const options = { source: 'CustomMessage_SignUp', metadata }
      return { ...answer, CodeDeliveryDetails: await sendCode(pool, user, 'signUp', attribute, options) }
    },

    async ConfirmSignUp(input) {
      checkClient(pool, input)
      const user = findUser(pool, text(input, 'Username'))
      const code = text(input, 'ConfirmationCode')
      if (!user?.enabled) throw expiredCode()
      if (user.status !== 'UNCONFIRMED') {
        throw notAuthorized(`User cannot be confirmed. Current status is ${user.status}`)
      }
      const proven = reachableAt(user)
      checkAlias(pool, user, proven, input.ForceAliasCreation === true)
      takeCode(pool, user, 'signUp', code)
      store.transaction(() => {
        takeAlias(pool, user, proven)
        confirm(pool, user, proven)
      })
      await postConfirmation(pool, user, texts(input, 'ClientMetadata'))
      if (!authPlan(pool).passwordless?.length) return {}
      const session = optionalText(input, 'Session')
      if (session) {
        const begun = open(pool, ['SIGNED_UP'], session)
        if (begun.signIn.username !== user.username) throw sessionOver()
        close(pool, begun)
      }
      return { Session: openSignUp(pool, user, true) }
    },

    async ResendConfirmationCode(input) {
      checkClient(pool, input)
      const login = text(input, 'Username')
      const user = findUser(pool, login)
      if (!user?.enabled) return { CodeDeliveryDetails: pretendedDelivery(login) }
      if (user.status !== 'UNCONFIRMED') throw invalidParameter('User is already confirmed.')
      const attribute = reachableAt(user)
      if (!attribute) throw invalidParameter('User has no attribute to deliver a code to.')
      const options = { source: 'CustomMessage_ResendCode', metadata: texts(input, 'ClientMetadata') }
      return { CodeDeliveryDetails: await sendCode(pool, user, 'signUp', attribute, options) }
    },
  }
}

/** The app's say about a new user: refuse them by throwing, confirm them at once, take their addresses as proven. */
export async function preSignUp(pool: Pool, user: User, source: string, request: Record<string, unknown>) {
  const said = await runTrigger(pool, 'preSignUp', {
    source,
    user: { username: user.username, attributes: user.attributes },
    request,
    response: { autoConfirmUser: false, autoVerifyEmail: false, autoVerifyPhone: false },
  })
  const proven = (name: 'email' | 'phone_number', flag: string): Record<string, string> =>
    said?.[flag] === true && user.attributes[name] ? { [`${name}_verified`]: 'true' } : {}
  return {
    confirmed: said?.autoConfirmUser === true,
    user: {
      ...user,
      attributes: {
        ...user.attributes,
        ...proven('email', 'autoVerifyEmail'),
        ...proven('phone_number', 'autoVerifyPhone'),
      },
    },
  }
}

export async function postConfirmation(
  pool: Pool,
  user: User,
  clientMetadata: Record<string, string>,
): Promise<void> {
  await runTrigger(pool, 'postConfirmation', {
    source: 'PostConfirmation_ConfirmSignUp',
    user,
    request: { clientMetadata },
  })
}

/** Where a user who does not exist would have been written to: people must not learn here who is registered. */
export function pretendedDelivery(login: string) {
  return deliveryTo(
    login.includes('@') || login.startsWith('+') ? login : `${login.charAt(0)}@${login.charAt(0)}`,
  )
}

/** An unsaved user without a password. @throws {ServiceError} where the pool would not take such a user. */
export function newUser(
  pool: Pool,
  login: string,
  given: Record<string, string>,
  byAdministrator = false,
): User {
  const attribute = attributeOfLogin(pool, login)
  const all = attribute ? { ...given, [attribute]: login } : given
  checkAttributes(pool, all, byAdministrator)
  const missing = authPlan(pool).requiredAttributes.filter((name) => !all[name])
  if (missing.length > 0 && !byAdministrator) {
    const lines = missing.map((name) => `${name}: The attribute is required\n`)
    throw invalidParameter(`Attributes did not conform to the schema: ${lines.join('')}`)
  }
  const sub = randomUUID()
  const now = pool.world.clock.now()
  return {
    sub,
    username: attribute ? sub : login,
    status: 'UNCONFIRMED',
    enabled: true,
    salt: '',
    verifier: '',
    attributes: {
      ...(all.email ? { email_verified: 'false' } : {}),
      ...(all.phone_number ? { phone_number_verified: 'false' } : {}),
      ...all,
    },
    mfa: {},
    createdAt: now,
    modifiedAt: now,
  }
}

/** @throws {ServiceError} `UsernameExistsException` */
export function checkNew(pool: Pool, user: User): void {
  const { email, phone, username } = authPlan(pool).loginWith
  const taken = [
    user.username,
    ...(email && !username && user.attributes.email ? [user.attributes.email] : []),
    ...(phone && !username && user.attributes.phone_number ? [user.attributes.phone_number] : []),
  ].some((login) => findUser(pool, login))
  if (taken) throw new ServiceError('UsernameExistsException', 'User already exists')
}

/** @throws {ServiceError} `UsernameExistsException`. Call within a transaction. */
export function addUser(pool: Pool, user: User): void {
  checkNew(pool, user)
  saveUser(pool, user)
}

type Address = 'email' | 'phone_number'

/** Who else has this address for a name, now that it is proven? */
function otherOwner(pool: Pool, user: User, proven: Address | undefined): User | undefined {
  const owner = proven && findUser(pool, user.attributes[proven] ?? '')
  return owner && owner.sub !== user.sub ? owner : undefined
}

function checkAlias(pool: Pool, user: User, proven: Address | undefined, force: boolean): void {
  if (otherOwner(pool, user, proven) && !force) {
    throw new ServiceError('AliasExistsException', `An account with the given ${proven} already exists.`)
  }
}

/** The address leads to who proved it last. */
function takeAlias(pool: Pool, user: User, proven: Address | undefined): void {
  const owner = otherOwner(pool, user, proven)
  if (owner)
    saveUser(pool, { ...owner, attributes: { ...owner.attributes, [`${proven}_verified`]: 'false' } })
}

export function confirm(pool: Pool, user: User, proven?: 'email' | 'phone_number'): void {
  user.status = 'CONFIRMED'
  if (proven) user.attributes[`${proven}_verified`] = 'true'
  saveUser(pool, user)
}

export function checkPassword(pool: Pool, password: string): void {
  const fault = passwordFault(password, authPlan(pool).passwordPolicy)
  if (fault) {
    throw new ServiceError('InvalidPasswordException', `Password did not conform with policy: ${fault}`)
  }
}

/** Where codes go: by mail where both are known, as Amplify sets its pools up. */
export function reachableAt({ attributes }: User): 'email' | 'phone_number' | undefined {
  if (attributes.email) return 'email'
  return attributes.phone_number ? 'phone_number' : undefined
}
