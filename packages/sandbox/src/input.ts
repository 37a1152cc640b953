import { type Input, ServiceError } from './awsJson.js'

// Reading what a client of a JSON service sent. Whatever is missing or of the wrong type is answered as Cognito's own validation does.

export const invalidParameter = (message: string) => new ServiceError('InvalidParameterException', message)

export const notAuthorized = (message = 'Incorrect username or password.') =>
  new ServiceError('NotAuthorizedException', message)

export function text(input: Input, name: string): string {
  const value = optionalText(input, name)
  if (value === undefined || value === '') throw missing(name)
  return value
}

export function optionalText(input: Input, name: string): string | undefined {
  const value = input[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') {
    throw new ServiceError('SerializationException', `${name} must be a string.`)
  }
  if (value.length > 131_072) throw failing(name, 'Member must have length less than or equal to 131072')
  return value
}

/** A map of strings, such as `AuthParameters`. Clients say null for what they do not have (`DEVICE_KEY`, out of `localStorage`). */
export function texts(input: Input, name: string): Record<string, string> {
  const value = input[name]
  if (value === undefined || value === null) return {}
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new ServiceError('SerializationException', `${name} must be an object.`)
  }
  const given = Object.entries(value).filter(([, each]) => each !== null)
  for (const [key, each] of given) {
    if (typeof each !== 'string')
      throw new ServiceError('SerializationException', `${name}.${key} must be a string.`)
  }
  return Object.fromEntries(given)
}

/** One entry of `AuthParameters` or `ChallengeResponses`. */
export function parameter(values: Record<string, string>, name: string): string {
  const value = Object.hasOwn(values, name) ? values[name] : undefined
  if (!value) throw invalidParameter(`Missing required parameter ${name}`)
  return value
}

/** A list of `{ Name, Value }`, such as `UserAttributes`. */
export function attributes(input: Input, name: string): Record<string, string> {
  const value = input[name]
  if (value === undefined || value === null) return {}
  if (!Array.isArray(value)) throw new ServiceError('SerializationException', `${name} must be a list.`)
  return Object.fromEntries(
    value.map((each: unknown) => {
      const pair = (each ?? {}) as Input
      return [text(pair, 'Name'), optionalText(pair, 'Value') ?? '']
    }),
  )
}

/** A new password, before any policy looks at it. */
export function newPassword(input: Input, name: string): string {
  const value = text(input, name)
  if (!/^[\S]+.*[\S]+$/.test(value)) {
    throw failing(name, 'Member must satisfy regular expression pattern: ^[\\S]+.*[\\S]+$')
  }
  return value
}

const missing = (name: string) => failing(name, 'Member must not be null')

function failing(name: string, rule: string) {
  const member = name.charAt(0).toLowerCase() + name.slice(1)
  return invalidParameter(
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${rule}`,
  )
}
