import { parseAwsExports } from './awsExports.js'
import { check, wrong } from './check.js'
import { type Context, currentContext } from './context.js'
import { parseOutputs } from './outputs.js'
import type {
  AmplifyOutputsUnknown,
  LegacyConfig,
  LibraryOptions,
  ResourcesConfig,
} from './resourcesConfig.js'
import { web } from './web.js'

const categories = 'API{} Analytics{} Auth{} Geo{} Interactions{} Notifications{} Predictions{} Storage{}'

/**
 * Brings any of the three forms of configuration into one: `amplify_outputs.json`, `aws-exports.js`, or the library's own, which
 * passes through.
 *
 * @throws {AmplifyError} `InvalidConfigurationException`, naming the key that is wrong.
 */
export function parseAmplifyConfig(
  config: ResourcesConfig | LegacyConfig | AmplifyOutputsUnknown,
): ResourcesConfig {
  if (!config || typeof config !== 'object' || Array.isArray(config))
    throw wrong('it', 'must be an object', config)
  if ('version' in config) return parseOutputs(config)

  const keys = Object.keys(config)
  if (keys.some((key) => key.startsWith('aws_'))) return parseAwsExports(config)

  for (const key of keys) {
    if (categories.includes(`${key}{}`)) continue
    if (/^[a-z]/.test(key))
      throw wrong('version', `is missing, which amplify_outputs.json has next to ${key}`)
    throw wrong(key, `is not a category: they are ${categories.replace(/\{\}/g, ',').slice(0, -1)}`)
  }
  const { Auth, API, Storage } = check('it', config, categories)
  if (Auth) {
    check('Auth', Auth, 'Cognito{}!')
    check(
      'Auth.Cognito',
      Auth.Cognito,
      'userPoolId userPoolClientId userPoolEndpoint identityPoolId identityPoolEndpoint loginWith{}',
    )
  }
  for (const name of ['GraphQL', 'Events']) {
    if (API?.[name])
      check(`API.${name}`, API[name], 'endpoint! realtimeEndpoint region apiKey defaultAuthMode')
  }
  if (Storage?.S3) check('Storage.S3', Storage.S3, 'bucket region endpoint buckets{}')
  return config as ResourcesConfig
}

/** A copy that nobody can change. What is frozen already is kept, so the spread of a result stays cheap. */
function frozen<T>(value: T): T {
  if (!value || typeof value !== 'object' || Object.isFrozen(value)) return value
  const copy: any = Array.isArray(value) ? [] : {}
  for (const [key, item] of Object.entries(value)) copy[key] = frozen(item)
  return Object.freeze(copy)
}

/** Fills a context. What cannot be right throws before anything has changed. */
export function configure(
  ctx: Context,
  config: ResourcesConfig | LegacyConfig | AmplifyOutputsUnknown,
  options?: LibraryOptions,
): void {
  ctx.config = frozen(parseAmplifyConfig(config))
  if (!options) return
  ctx.options = options
  const { platform, store } = options
  if (platform || store) ctx.platform = { ...web, ...platform, ...(store && { store }) }
}

/** The app's own configuration. */
export const Amplify = {
  /**
   * Says where the app's backend is. May be called again, the spread of {@link getConfig} included; nothing reads the
   * configuration before it is needed. `options` given earlier stay unless new ones are given.
   *
   * @example
   * import outputs from '../amplify_outputs.json'
   * Amplify.configure(outputs)
   *
   * @throws {AmplifyError} `InvalidConfigurationException`, naming the key that is wrong.
   */
  configure(config: ResourcesConfig | LegacyConfig | AmplifyOutputsUnknown, options?: LibraryOptions): void {
    const ctx = currentContext()
    configure(ctx, config, options)
    ctx.state.set('configured', true)
    ctx.events.emit('core', 'configure', ctx.config)
  },

  /** The configuration in the library's own form, frozen. Empty before {@link configure}. */
  getConfig(): Readonly<ResourcesConfig> {
    const ctx = currentContext()
    if (!ctx.state.has('configured')) {
      console.warn('Amplify has not been configured. Call Amplify.configure() before using this service.')
    }
    return ctx.config
  },
}
