import { AmplifyError } from './errors.js'

// Configuration is written by hand more often than one thinks: each message names the key, where it is, and what it holds.
// The tables are texts, because every app carries them: a third of the bytes of the same in objects and calls.

export function wrong(path: string, problem: string, value?: unknown): AmplifyError {
  return new AmplifyError(
    'InvalidConfigurationException',
    `Configuration: ${path} ${problem}${value === undefined ? '' : `, not ${JSON.stringify(value)}`}`.slice(
      0,
      200,
    ),
  )
}

/**
 * Copies keys by a table of lines `from:to:keys`, both paths of sections, such as `data:API.GraphQL:url!=endpoint api_key`. A key
 * comes out in our spelling (`apiKey`) or as the name after `=`. `!` marks what must be there. A value is a text, or with `*` a list,
 * `%` an object, `?` anything. Keys not named are left alone: a newer file may hold more. A line without `from` counts only if
 * its first key is there.
 */
export function read(source: any, table: string): any {
  const config: any = {}
  for (const line of table.split('\n')) {
    const [from, to, keys] = line.split(':') as [string, string, string]
    const section = from ? from.split('.').reduce((parent, key) => parent?.[key], source) : source
    if (section == null || (!from && section[/\w+/.exec(keys)![0]] == null)) continue
    if (kindOf(section) !== '%') throw wrong(from, 'must be an object', section)

    const result = at(config, to)
    for (const [, key, kind, required, name] of keys.matchAll(/(\w+)([*%?]?)(!?)(?:=(\w+))?/g)) {
      const value = section[key!]
      const path = from ? `${from}.${key}` : key!
      if (value == null) {
        if (required) throw wrong(path, `is missing: there is only ${Object.keys(section)}`)
      } else {
        if (kind !== '?' && kind !== kindOf(value)) {
          throw wrong(path, `must be ${kind === '*' ? 'a list' : kind ? 'an object' : 'a text'}`, value)
        }
        result[name ?? key!.replace(/_(.)/g, (_, letter) => letter.toUpperCase())] = value
      }
    }
  }
  return config
}

/** The section at a path, made where it is not there yet. */
function at(config: any, path: string): any {
  return path ? path.split('.').reduce((parent, key) => (parent[key] ??= {}), config) : config
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? '*' : typeof value === 'object' ? '%' : typeof value === 'string' ? '' : '?'
}

/** FACEBOOK becomes Facebook. */
export const capitalize = (name: string) => name[0] + name.slice(1).toLowerCase()

/** Which ways to sign in, which second factors: by what the list holds. */
export const flags = (list: string[] | undefined, names: Record<string, string>) =>
  Object.fromEntries(Object.entries(names).map(([key, name]) => [key, list?.includes(name) ?? false]))

export const secondFactors = { smsEnabled: 'SMS', totpEnabled: 'TOTP' }

/** Attributes that a sign-up must give. */
export const requiredAttributes = (names: string[]) =>
  Object.fromEntries(names.map((name) => [name.toLowerCase(), { required: true }]))

/** How calls are authorised, as the service names it → as we do. */
export const authModes: Record<string, string> = {
  AMAZON_COGNITO_USER_POOLS: 'userPool',
  API_KEY: 'apiKey',
  AWS_IAM: 'iam',
  AWS_LAMBDA: 'lambda',
  OPENID_CONNECT: 'oidc',
}
