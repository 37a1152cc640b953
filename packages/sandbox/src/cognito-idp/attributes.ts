import { type Input, type Operation, ServiceError } from '../awsJson.js'
import { attributes, invalidParameter, text, texts } from '../input.js'
import { signedIn } from './account.js'
import { type CodeDeliveryDetails, sendCode, takeCode } from './codes.js'
import { authPlan, type Pool } from './pool.js'
import { checkAttributes, checkMutable, findUser, saveUser, type User } from './users.js'

/** What signed-in people change about themselves. A new address counts once its code has come back, as Amplify sets its pools up. */
export function attributeOperations(pool: Pool): Record<string, Operation> {
  const { store } = pool.world
  return {
    async UpdateUserAttributes(input) {
      const user = await signedIn(pool, text(input, 'AccessToken'))
      const changes = attributes(input, 'UserAttributes')
      checkAttributes(pool, changes, false)
      checkMutable(pool, user, changes)
      for (const name of authPlan(pool).requiredAttributes) {
        if (changes[name] === '') {
          throw invalidParameter(
            `Attributes did not conform to the schema: ${name}: The attribute is required\n`,
          )
        }
      }
      const held: ['email' | 'phone_number', string][] = []
      for (const name of ['email', 'phone_number'] as const) {
        const value = changes[name]
        if (!value || value === user.attributes[name]) continue
        checkFree(pool, user, name, value)
        held.push([name, value])
        delete changes[name]
      }
      const changed = { ...user, attributes: { ...user.attributes, ...changes } }
      saveUser(pool, changed)
      const CodeDeliveryDetailsList: CodeDeliveryDetails[] = []
      for (const [name, to] of held) {
        const options = {
          to,
          source: 'CustomMessage_UpdateUserAttribute',
          metadata: texts(input, 'ClientMetadata'),
        }
        CodeDeliveryDetailsList.push(await sendCode(pool, changed, `verify:${name}`, name, options))
      }
      return { CodeDeliveryDetailsList }
    },

    async GetUserAttributeVerificationCode(input) {
      const user = await signedIn(pool, text(input, 'AccessToken'))
      const name = address(input)
      if (!user.attributes[name]) throw invalidParameter(`User does not have ${name}.`)
      const options = {
        source: 'CustomMessage_VerifyUserAttribute',
        metadata: texts(input, 'ClientMetadata'),
      }
      return { CodeDeliveryDetails: await sendCode(pool, user, `verify:${name}`, name, options) }
    },

    async VerifyUserAttribute(input) {
      const user = await signedIn(pool, text(input, 'AccessToken'))
      const name = address(input)
      const value = takeCode(pool, user, `verify:${name}`, text(input, 'Code'))
      store.transaction(() => {
        checkFree(pool, user, name, value)
        const proven = { [name]: value, [`${name}_verified`]: 'true' }
        saveUser(pool, { ...user, attributes: { ...user.attributes, ...proven } })
      })
      return {}
    },

    async DeleteUserAttributes(input) {
      const user = await signedIn(pool, text(input, 'AccessToken'))
      saveUser(pool, { ...user, attributes: withoutAttributes(pool, user, input) })
      return {}
    },
  }
}

/** What is left without the `UserAttributeNames` of the call. */
export function withoutAttributes(pool: Pool, user: User, input: Input): Record<string, string> {
  const names = input.UserAttributeNames
  if (!Array.isArray(names) || names.length === 0 || names.some((name) => typeof name !== 'string')) {
    throw invalidParameter('UserAttributeNames must be a list of at least one name.')
  }
  const required = names.find((name) => authPlan(pool).requiredAttributes.includes(name))
  if (required) throw invalidParameter(`Cannot delete required attribute ${required}`)
  const gone = new Set(names.flatMap((name: string) => [name, `${name}_verified`]))
  return Object.fromEntries(Object.entries(user.attributes).filter(([name]) => !gone.has(name)))
}

function address(input: Input): 'email' | 'phone_number' {
  const name = text(input, 'AttributeName')
  if (name !== 'email' && name !== 'phone_number') {
    throw invalidParameter(`Attribute ${name} cannot be verified.`)
  }
  return name
}

/** No two users can sign in with the same address. */
export function checkFree(pool: Pool, { sub }: User, name: 'email' | 'phone_number', value: string): void {
  const { email, phone } = authPlan(pool).loginWith
  if (!(name === 'email' ? email : phone)) return
  const owner = findUser(pool, value)
  if (owner && owner.sub !== sub) {
    throw new ServiceError('AliasExistsException', `An account with the given ${name} already exists.`)
  }
}
