import { randomInt } from 'node:crypto'
import { type Input, type Operation, ServiceError } from '../awsJson.js'
import {
  attributes,
  invalidParameter,
  newPassword,
  notAuthorized,
  optionalText,
  text,
  texts,
} from '../input.js'
import type { CredentialAuthority } from '../service.js'
import { signerOf } from '../signed.js'
import { described, groupOperations, known as knownGroup } from './adminGroups.js'
import { checkFree, withoutAttributes } from './attributes.js'
import { checkClient, checkFlow, clientOperations } from './clients.js'
import { deliverCode, sendCode } from './codes.js'
import { adminDeviceOperations } from './devices.js'
import { setPreference } from './mfa.js'
import { authPlan, type Pool } from './pool.js'
import { poolOperations } from './poolSettings.js'
import type { Pools } from './pools.js'
import { answerOverTheWire, initiateAuth } from './signIn.js'
import {
  addUser,
  checkNew,
  checkPassword,
  confirm,
  newUser,
  postConfirmation,
  preSignUp,
  reachableAt,
} from './signUp.js'
import { revokeSessionsOf } from './tokens.js'
import {
  attributeList,
  checkAttributes,
  checkMutable,
  deleteUser,
  describedUser,
  findUser,
  groupsOf,
  listUsers,
  mfaOf,
  protect,
  saveUser,
  type User,
} from './users.js'

/** A temporary password with something of everything a policy can ask for. */
const ALPHABETS = ['abcdefghijkmnopqrstuvwxyz', 'ABCDEFGHJKLMNPQRSTUVWXYZ', '23456789', '!@#%*-_=+']

/** What an administrator does, signed with the sandbox's root key, or a function that the definition lets do it. */
export function adminOperations(
  pool: Pool,
  { administrators, pools }: { administrators: CredentialAuthority; pools: Pools },
): Record<string, Operation> {
  const { store } = pool.world
  const operations: Record<string, (input: Input) => object | Promise<object>> = {
    ...adminDeviceOperations(pool, (input) => known(pool, input)),
    ...poolOperations(pool, pools),
    ...clientOperations(pool),
    ...groupOperations(pool),

    AdminInitiateAuth(input) {
      checkClient(pool, input)
      const flow = text(input, 'AuthFlow')
      checkFlow(pool, flow)
      return initiateAuth(
        pool,
        input,
        /^ADMIN_(NO_SRP|USER_PASSWORD)_AUTH$/.test(flow) ? 'USER_PASSWORD_AUTH' : flow,
      )
    },

    AdminRespondToAuthChallenge(input) {
      checkClient(pool, input)
      return answerOverTheWire(pool, input)
    },

    AdminUpdateUserAttributes(input) {
      const user = known(pool, input)
      const changes = attributes(input, 'UserAttributes')
      checkAttributes(pool, changes, true)
      checkMutable(pool, user, changes)
      for (const name of ['email', 'phone_number'] as const) {
        if (!changes[name] || changes[name] === user.attributes[name]) continue
        checkFree(pool, user, name, changes[name])
        // A new address is unproven, unless the administrator vouches for it in the same breath.
        changes[`${name}_verified`] ??= 'false'
      }
      saveUser(pool, { ...user, attributes: { ...user.attributes, ...changes } })
      return {}
    },

    AdminDeleteUserAttributes(input) {
      const user = known(pool, input)
      saveUser(pool, { ...user, attributes: withoutAttributes(pool, user, input) })
      return {}
    },

    async AdminCreateUser(input) {
      const login = text(input, 'Username')
      const action = optionalText(input, 'MessageAction')
      if (action === 'RESEND') return resend(pool, input, login)
      const given = optionalText(input, 'TemporaryPassword')
      if (given !== undefined) checkPassword(pool, newPassword(input, 'TemporaryPassword'))
      const password = given ?? temporaryPassword(authPlan(pool).passwordPolicy.minLength)
      const blank = newUser(pool, login, attributes(input, 'UserAttributes'), true)
      checkNew(pool, blank)
      const metadata = texts(input, 'ClientMetadata')
      const { user: allowed } = await preSignUp(pool, blank, 'PreSignUp_AdminCreateUser', {
        validationData: attributes(input, 'ValidationData'),
        clientMetadata: metadata,
      })
      const user: User = {
        ...allowed,
        ...protect(pool, blank.username, password),
        status: 'FORCE_CHANGE_PASSWORD',
      }
      store.transaction(() => addUser(pool, user))
      if (action !== 'SUPPRESS') await invite(pool, user, { login, password, metadata })
      return { User: { ...describedUser(user), Attributes: attributeList(user) } }
    },

    AdminGetUser(input) {
      const user = known(pool, input)
      return { ...describedUser(user), UserAttributes: attributeList(user), ...mfaOf(user) }
    },

    async AdminConfirmSignUp(input) {
      const user = known(pool, input)
      if (user.status !== 'UNCONFIRMED') {
        throw notAuthorized(`User cannot be confirmed. Current status is ${user.status}`)
      }
      confirm(pool, user)
      await postConfirmation(pool, user, texts(input, 'ClientMetadata'))
      return {}
    },

    AdminSetUserPassword(input) {
      const user = known(pool, input)
      const password = newPassword(input, 'Password')
      checkPassword(pool, password)
      const status = input.Permanent === true ? 'CONFIRMED' : 'FORCE_CHANGE_PASSWORD'
      saveUser(pool, { ...user, ...protect(pool, user.username, password), status })
      return {}
    },

    async AdminResetUserPassword(input) {
      const user = known(pool, input)
      const attribute = reachableAt(user)
      if (!attribute) throw invalidParameter('User has no attribute to deliver a code to.')
      saveUser(pool, { ...user, status: 'RESET_REQUIRED' })
      const options = { source: 'CustomMessage_ForgotPassword', metadata: texts(input, 'ClientMetadata') }
      await sendCode(pool, user, 'password', attribute, options)
      return {}
    },

    AdminSetUserMFAPreference(input) {
      setPreference(pool, known(pool, input), input)
      return {}
    },

    AdminDisableUser(input) {
      const user = known(pool, input)
      store.transaction(() => {
        saveUser(pool, { ...user, enabled: false })
        revokeSessionsOf(pool, user)
      })
      return {}
    },

    AdminEnableUser(input) {
      saveUser(pool, { ...known(pool, input), enabled: true })
      return {}
    },

    AdminUserGlobalSignOut(input) {
      revokeSessionsOf(pool, known(pool, input))
      return {}
    },

    AdminDeleteUser(input) {
      deleteUser(pool, known(pool, input))
      return {}
    },

    AdminAddUserToGroup(input) {
      const { sub } = known(pool, input)
      store.run('INSERT OR IGNORE INTO user_groups VALUES (?, ?)', sub, knownGroup(pool, input))
      return {}
    },

    AdminRemoveUserFromGroup(input) {
      const { sub } = known(pool, input)
      store.run('DELETE FROM user_groups WHERE sub = ? AND name = ?', sub, knownGroup(pool, input))
      return {}
    },

    AdminListGroupsForUser(input) {
      return {
        Groups: groupsOf(pool, known(pool, input)).map((name) => described(pool, name)),
      }
    },

    ListUsers(input) {
      const most = input.Limit ?? 60
      if (typeof most !== 'number' || !(most >= 0 && most <= 60))
        throw invalidParameter('Limit must be between 0 and 60.')
      const after = optionalText(input, 'PaginationToken')
      const fits = filter(optionalText(input, 'Filter'))
      const all = listUsers(pool).filter(fits)
      const start = after === undefined ? 0 : all.findIndex(({ sub }) => sub === after) + 1
      if (after !== undefined && start === 0) throw invalidParameter('Invalid pagination token provided.')
      const page = all.slice(start, start + (most || 60))
      return {
        Users: page.map((user) => ({ ...describedUser(user), Attributes: attributeList(user) })),
        ...(start + page.length < all.length ? { PaginationToken: page.at(-1)!.sub } : {}),
      }
    },
  }

  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]): [string, Operation] => [
      name,
      async (input, request) => {
        const options = { service: 'cognito-idp', authority: administrators, clock: pool.world.clock }
        const principal = await signerOf(request, options)
        if (principal.role === 'root' && principal.function) checkAccess(pool, principal.function, name)
        const id = /^(List|Create)UserPools?$/.test(name) ? pool.id : text(input, 'UserPoolId')
        if (id !== pool.id)
          throw new ServiceError('ResourceNotFoundException', `User pool ${id} does not exist.`)
        authPlan(pool)
        return operation(input)
      },
    ]),
  )
}

/** @throws {ServiceError} `AccessDeniedException` for a function that the definition does not let do this. */
function checkAccess(pool: Pool, name: string, operation: string): void {
  const granted = authPlan(pool).access?.[name] ?? []
  if (granted.includes(operation) || granted.includes('*')) return
  const { log, region, accountId } = pool.world
  log(
    `The function ${name} may not call ${operation}: defineAuth({ access }) must grant it, as in access: (allow) => [allow.resource(${name}).to([…])].`,
  )
  throw new ServiceError(
    'AccessDeniedException',
    `User: arn:aws:sts::${accountId}:assumed-role/${name}/${name} is not authorized to perform: cognito-idp:${operation} on resource: arn:aws:cognito-idp:${region}:${accountId}:userpool/${pool.id} because no identity-based policy allows the cognito-idp:${operation} action`,
  )
}

function known(pool: Pool, input: Input): User {
  const user = findUser(pool, text(input, 'Username'))
  if (!user) throw new ServiceError('UserNotFoundException', 'User does not exist.')
  return user
}

/** A new temporary password for who has not used the old one. */
async function resend(pool: Pool, input: Input, login: string): Promise<object> {
  const user = known(pool, input)
  if (user.status !== 'FORCE_CHANGE_PASSWORD') {
    throw new ServiceError(
      'UnsupportedUserStateException',
      `Resend not possible. ${login} status is not FORCE_CHANGE_PASSWORD`,
    )
  }
  const password =
    optionalText(input, 'TemporaryPassword') ?? temporaryPassword(authPlan(pool).passwordPolicy.minLength)
  checkPassword(pool, password)
  const changed = { ...user, ...protect(pool, user.username, password) }
  saveUser(pool, changed)
  await invite(pool, changed, { login, password, metadata: texts(input, 'ClientMetadata') })
  return { User: { ...describedUser(changed), Attributes: attributeList(changed) } }
}

async function invite(
  pool: Pool,
  user: User,
  { login, password, metadata }: { login: string; password: string; metadata: Record<string, string> },
): Promise<void> {
  const attribute = reachableAt(user)
  if (!attribute) return
  await deliverCode(pool, user, {
    source: 'CustomMessage_AdminCreateUser',
    code: password,
    attribute,
    to: user.attributes[attribute]!,
    login,
    metadata,
    subject: 'Your temporary password',
    text: 'Your username is {username} and temporary password is {####}.',
  })
}

function temporaryPassword(minLength: number): string {
  const pick = (alphabet: string) => alphabet.charAt(randomInt(alphabet.length))
  return Array.from({ length: Math.max(minLength, 12) }, (_, index) =>
    pick(ALPHABETS[index % ALPHABETS.length]!),
  ).join('')
}

/** `email = "ada@example.com"` or `sub ^= "12"`: https://docs.aws.amazon.com/cognito/latest/developerguide/how-to-manage-user-accounts.html */
function filter(text: string | undefined): (user: User) => boolean {
  if (!text) return () => true
  const [, name, operator, quoted] = /^\s*"?([\w:]+)"?\s*(\^?=)\s*"(.*)"\s*$/.exec(text) ?? []
  if (!name) throw invalidParameter('Error while parsing filter parameter.')
  const wanted = quoted!.replace(/\\(.)/g, '$1')
  return (user) => {
    const special: Record<string, string> = {
      username: user.username,
      sub: user.sub,
      'cognito:user_status': user.status,
      status: user.enabled ? 'Enabled' : 'Disabled',
    }
    const value = special[name] ?? user.attributes[name]
    return value !== undefined && (operator === '=' ? value === wanted : value.startsWith(wanted))
  }
}
