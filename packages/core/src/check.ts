import { AmplifyError } from './errors.js'

// Configuration is written by hand more often than one thinks: each message names the key, where it is, and what it holds.

export function wrong(path: string, problem: string, value?: unknown): AmplifyError {
  const shown = value === undefined ? '' : ` It is ${JSON.stringify(value)?.slice(0, 60)}.`
  return new AmplifyError('InvalidConfigurationException', `Configuration: ${path} ${problem}.${shown}`, {
    recoverySuggestion: 'Pass the contents of amplify_outputs.json, or of aws-exports.js, unchanged.',
  })
}

/**
 * A section of the configuration with its keys checked. `keys` lists those that matter: `url!` must be there, `scopes[]` is a
 * list, `maps{}` an object, all others are texts. Unknown keys are left alone: a newer file may hold more.
 */
export function check(path: string, section: unknown, keys: string): any {
  if (!section || typeof section !== 'object' || Array.isArray(section))
    throw wrong(path, 'must be an object', section)

  for (const [, key, kind, required] of keys.matchAll(/(\w+)(\[\]|\{\})?(!)?/g)) {
    const value = (section as Record<string, unknown>)[key!]
    const at = `${path}.${key}`
    if (value == null) {
      if (!required) continue
      throw wrong(at, `is missing: there is only ${Object.keys(section).join(', ') || 'nothing'}`)
    }
    const actual = Array.isArray(value)
      ? '[]'
      : typeof value === 'object'
        ? '{}'
        : typeof value === 'string'
          ? undefined
          : ''
    if (actual !== kind) {
      throw wrong(at, `must be ${kind === '[]' ? 'a list' : kind ? 'an object' : 'a text'}`, value)
    }
  }
  return section
}
