import { parseAwsExports } from './awsExports.js'
import { appContext } from './context.js'
import { parseOutputs } from './outputs.js'
import { read, type Written, wrong } from './read.js'
import type {
  AmplifyOutputsUnknown,
  LegacyConfig,
  LibraryOptions,
  ResourcesConfig,
} from './resourcesConfig.js'

const categories = 'API% Analytics% Auth% Geo% Interactions% Notifications% Predictions% Storage%'

const table = `it:it:${categories}
it.Auth.Cognito:it:userPoolId userPoolClientId userPoolEndpoint identityPoolId identityPoolEndpoint loginWith%
it.API.GraphQL:it:endpoint! region apiKey defaultAuthMode
it.API.Events:it:endpoint! region apiKey defaultAuthMode
it.Storage.S3:it:bucket region endpoint buckets%`

/**
 * Brings any of the three forms of configuration into one: `amplify_outputs.json`, `aws-exports.js`, or the library's own, which
 * passes through.
 *
 * @throws {AmplifyError} `InvalidConfigurationException`, naming the key that is wrong.
 */
export function parseAmplifyConfig(
  config: ResourcesConfig | LegacyConfig | AmplifyOutputsUnknown,
): ResourcesConfig {
  read({ it: config ?? 0 }, table)
  if ('version' in config) return parseOutputs(config)

  const keys = Object.keys(config)
  if (keys.some((key) => key.startsWith('aws_'))) return parseAwsExports(config)

  for (const key of keys) {
    if (!categories.includes(`${key}%`)) {
      // amplify_outputs.json begins its keys with small letters.
      throw wrong(key, key > 'a' ? 'needs a version beside it' : `is not one of ${categories}`)
    }
  }
  return config as ResourcesConfig
}

/** A copy that nobody can change. What is frozen already is kept, so the spread of a result stays cheap. */
function frozen<T>(value: T): T {
  if (!value || typeof value !== 'object' || Object.isFrozen(value)) return value
  const copy: Written = Array.isArray(value) ? [] : {}
  for (const [key, item] of Object.entries(value)) copy[key] = frozen(item)
  return Object.freeze(copy)
}

/** The configuration in the library's own form, frozen. */
export function normalized(config: ResourcesConfig | LegacyConfig | AmplifyOutputsUnknown): ResourcesConfig {
  return frozen(parseAmplifyConfig(config))
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
    const ctx = appContext()
    ctx.config = normalized(config)
    if (options) {
      ctx.options = options
      // Made anew with what the options bring, by whoever needs it first.
      ctx.platform = undefined
    }
    ctx.events.emit('core', 'configure', ctx.config)
  },

  /** The configuration in the library's own form, frozen. Empty before {@link configure}. */
  getConfig(): Readonly<ResourcesConfig> {
    const ctx = appContext()
    if (!Object.isFrozen(ctx.config)) {
      console.warn('Amplify has not been configured. Please call Amplify.configure() first.')
    }
    return ctx.config
  },
}
