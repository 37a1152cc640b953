import { randomUUID } from 'node:crypto'
import { type Operation, ServiceError } from '../awsJson.js'
import { attributes, invalidParameter, newPassword, notAuthorized, text } from '../input.js'
import { deliveryTo, expiredCode, sendCode, takeCode } from './codes.js'
import { passwordFault } from './passwordPolicy.js'
import { authPlan, type Pool } from './pool.js'
import { attributeOfLogin, checkAttributes, findUser, protect, saveUser, type User } from './users.js'

/** People registering themselves. */
export function signUpOperations(pool: Pool): Record<string, Operation> {
  const { store } = pool.world
  return {
    SignUp(input) {
      checkClient(pool, input)
      const password = newPassword(input, 'Password')
      const user = newUser(pool, text(input, 'Username'), attributes(input, 'UserAttributes'))
      checkPassword(pool, password)
      const protectedUser = { ...user, ...protect(pool, user.username, password) }
      return store.transaction(() => {
        addUser(pool, protectedUser)
        const attribute = reachableAt(protectedUser)
        return {
          UserConfirmed: false,
          UserSub: user.sub,
          ...(attribute ? { CodeDeliveryDetails: sendCode(pool, protectedUser, 'signUp', attribute) } : {}),
        }
      })
    },

    ConfirmSignUp(input) {
      checkClient(pool, input)
      const user = findUser(pool, text(input, 'Username'))
      const code = text(input, 'ConfirmationCode')
      if (!user?.enabled) throw expiredCode()
      if (user.status !== 'UNCONFIRMED') {
        throw notAuthorized(`User cannot be confirmed. Current status is ${user.status}`)
      }
      takeCode(pool, user, 'signUp', code)
      confirm(pool, user, reachableAt(user))
      return {}
    },

    ResendConfirmationCode(input) {
      checkClient(pool, input)
      const login = text(input, 'Username')
      const user = findUser(pool, login)
      if (!user?.enabled) return { CodeDeliveryDetails: pretendedDelivery(login) }
      if (user.status !== 'UNCONFIRMED') throw invalidParameter('User is already confirmed.')
      const attribute = reachableAt(user)
      if (!attribute) throw invalidParameter('User has no attribute to deliver a code to.')
      return { CodeDeliveryDetails: sendCode(pool, user, 'signUp', attribute) }
    },
  }
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
    createdAt: now,
    modifiedAt: now,
  }
}

/** @throws {ServiceError} `UsernameExistsException`. Call within a transaction. */
export function addUser(pool: Pool, user: User): void {
  const { email, phone } = authPlan(pool).loginWith
  const taken = [
    user.username,
    ...(email && user.attributes.email ? [user.attributes.email] : []),
    ...(phone && user.attributes.phone_number ? [user.attributes.phone_number] : []),
  ].some((login) => findUser(pool, login))
  if (taken) throw new ServiceError('UsernameExistsException', 'User already exists')
  saveUser(pool, user)
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

/** @throws {ServiceError} `ResourceNotFoundException` for any app client but this pool's. */
export function checkClient(pool: Pool, input: Record<string, unknown>): void {
  authPlan(pool)
  const clientId = text(input, 'ClientId')
  if (clientId !== pool.clientId) {
    throw new ServiceError('ResourceNotFoundException', `User pool client ${clientId} does not exist.`)
  }
}

/** Where codes go: by mail where both are known, as Amplify sets its pools up. */
export function reachableAt({ attributes }: User): 'email' | 'phone_number' | undefined {
  if (attributes.email) return 'email'
  return attributes.phone_number ? 'phone_number' : undefined
}
