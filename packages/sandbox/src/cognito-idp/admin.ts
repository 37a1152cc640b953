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
import type { IssuedCredentials, WireRequest } from '../service.js'
import { SignatureError, verifySignature } from '../sigv4.js'
import { deliverCode, sendCode } from './codes.js'
import { adminDeviceOperations } from './devices.js'
import { setPreference } from './mfa.js'
import { authPlan, type Pool } from './pool.js'
import { poolOperations } from './poolSettings.js'
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
  deleteUser,
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

/** What an administrator does, signed with the sandbox's root key. */
export function adminOperations(pool: Pool, root: IssuedCredentials): Record<string, Operation> {
  const { store } = pool.world
  const operations: Record<string, (input: Input) => object | Promise<object>> = {
    ...adminDeviceOperations(pool, (input) => known(pool, input)),
    ...poolOperations(pool),

    async AdminCreateUser(input) {
      const login = text(input, 'Username')
      const action = optionalText(input, 'MessageAction')
      if (action === 'RESEND') throw invalidParameter('The sandbox does not resend invitations.')
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
      return { User: { ...described(user), Attributes: attributeList(user) } }
    },

    AdminGetUser(input) {
      const user = known(pool, input)
      return { ...described(user), UserAttributes: attributeList(user), ...mfaOf(user) }
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
      store.run('INSERT OR IGNORE INTO user_groups VALUES (?, ?)', sub, group(pool, input))
      return {}
    },

    AdminRemoveUserFromGroup(input) {
      const { sub } = known(pool, input)
      store.run('DELETE FROM user_groups WHERE sub = ? AND name = ?', sub, group(pool, input))
      return {}
    },

    AdminListGroupsForUser(input) {
      const { groups } = authPlan(pool)
      return {
        Groups: groupsOf(pool, known(pool, input)).map((GroupName) => ({
          GroupName,
          UserPoolId: pool.id,
          Precedence: groups.indexOf(GroupName),
        })),
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
        Users: page.map((user) => ({ ...described(user), Attributes: attributeList(user) })),
        ...(start + page.length < all.length ? { PaginationToken: page.at(-1)!.sub } : {}),
      }
    },
  }

  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]): [string, Operation] => [
      name,
      async (input, request) => {
        await checkSigned(pool, root, request)
        const id = text(input, 'UserPoolId')
        if (id !== pool.id)
          throw new ServiceError('ResourceNotFoundException', `User pool ${id} does not exist.`)
        authPlan(pool)
        return operation(input)
      },
    ]),
  )
}

async function checkSigned({ world }: Pool, root: IssuedCredentials, request: WireRequest): Promise<void> {
  const authority = { find: (id: string) => (id === root.accessKeyId ? root : undefined) }
  try {
    await verifySignature(request, { service: 'cognito-idp', authority, clock: world.clock })
  } catch (error) {
    if (!(error instanceof SignatureError)) throw error
    // JSON services have their own words for two of these: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/CommonErrors.html
    const types: Record<string, string> = {
      MissingAuthenticationToken: 'MissingAuthenticationTokenException',
      IncompleteSignature: 'IncompleteSignatureException',
      InvalidAccessKeyId: 'UnrecognizedClientException',
      InvalidToken: 'UnrecognizedClientException',
      ExpiredToken: 'ExpiredTokenException',
    }
    throw new ServiceError(types[error.fault] ?? 'InvalidSignatureException', error.message)
  }
}

function known(pool: Pool, input: Input): User {
  const user = findUser(pool, text(input, 'Username'))
  if (!user) throw new ServiceError('UserNotFoundException', 'User does not exist.')
  return user
}

function group(pool: Pool, input: Input): string {
  const name = text(input, 'GroupName')
  if (!authPlan(pool).groups.includes(name))
    throw new ServiceError('ResourceNotFoundException', 'Group not found.')
  return name
}

function described(user: User) {
  return {
    Username: user.username,
    UserCreateDate: user.createdAt / 1000,
    UserLastModifiedDate: user.modifiedAt / 1000,
    Enabled: user.enabled,
    UserStatus: user.status,
  }
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
