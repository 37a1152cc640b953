import { AmplifyError } from './errors.js'

// Configuration is written by hand more often than one thinks: each message names the key, where it is, and what it holds.
// The tables are texts, because every app carries them: a third of the bytes of the same in objects and calls.

/** Something out of a file that somebody wrote: every access is an assumption until `read` has looked at it. */
// biome-ignore lint/suspicious/noExplicitAny: `unknown` would put a cast in front of each of a hundred optional keys.
export type Written = any

export function wrong(path: string, problem: string, value?: unknown): AmplifyError {
  const instead = value === undefined ? '' : `, not ${JSON.stringify(value)}`
  return new AmplifyError(
    'InvalidConfigurationException',
    `Configuration: ${path} ${problem}${instead}`.slice(0, 200),
  )
}

/** How calls are authorised, as the service names it → as we do. */
export const authModes: Record<string, string> = {
  AMAZON_COGNITO_USER_POOLS: 'userPool',
  API_KEY: 'apiKey',
  AWS_IAM: 'iam',
  AWS_LAMBDA: 'lambda',
  OPENID_CONNECT: 'oidc',
}

/**
 * Copies keys by a table of lines `from:to:keys`, both paths of sections, such as `data:API.GraphQL:url!=endpoint api_key`. A key
 * comes out in our spelling (`apiKey`) or as the name after `=`. `!` marks what must be there. A value is a text, or with `*` a list,
 * `%` an object, `@` one of {@link authModes}, `?` anything. Keys not named are left alone: a newer file may hold more.
 */
export function read(source: Written, table: string, config: Written = {}): Written {
  for (const line of table.split('\n')) {
    const [from, to, keys] = line.split(':') as [string, string, string]
    const section = walk(source, from)
    if (section == null) continue
    check(from, section, '%')

    for (const [, key, kind, required, name] of keys.matchAll(/(\w+)([*%?@]?)(!?)(?:=(\w+))?/g)) {
      const value = section[key!]
      const path = `${from}.${key}`
      if (value != null) {
        check(path, value, kind!)
        walk(config, camel(to), {})[name ?? camel(key!)] = kind === '@' ? authModes[value] : value
      } else if (required) throw wrong(path, `is missing: there is only ${Object.keys(section)}`)
    }
  }
  return config
}

/** `api_key` becomes `apiKey`. */
const camel = (name: string) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase())

/** The section at a path; with `missing`, made where it is not there yet. */
function walk(root: Written, path: string, missing?: object): Written {
  return path
    .split('.')
    .reduce((parent, key) => (missing ? (parent[key] ??= { ...missing }) : parent?.[key]), root)
}

function check(path: string, value: Written, kind: string): void {
  const found = Array.isArray(value)
    ? 'a list'
    : { object: 'an object', string: 'a text' }[typeof value as string]
  const modes = `one of ${Object.keys(authModes)}`
  const must = { '': 'a text', '*': 'a list', '%': 'an object', '@': modes }[kind]
  if (kind === '@' ? !authModes[value] : must && must !== found) throw wrong(path, `must be ${must}`, value)
}

/** FACEBOOK becomes Facebook. */
export const capitalize = (name: string) => name[0] + name.slice(1).toLowerCase()

/** Which ways to sign in, which second factors: by what the list holds. */
export const flags = (list: string[] | undefined, names: Record<string, string>) =>
  Object.fromEntries(Object.entries(names).map(([key, name]) => [key, !!list?.includes(name)]))

export const secondFactors = { smsEnabled: 'SMS', totpEnabled: 'TOTP' }

/** Attributes that a sign-up must give. */
export const requiredAttributes = (names: string[]) =>
  Object.fromEntries(names.map((name) => [name.toLowerCase(), { required: true }]))
