import { parseAmplifyConfig } from './amplify.js'
import type { Written } from './read.js'
import type { AmplifyOutputsUnknown, LegacyConfig, ResourcesConfig } from './resourcesConfig.js'

type Category = keyof ResourcesConfig
type CategoryConfig<Name extends Category> = NonNullable<ResourcesConfig[Name]>
type Seed = ResourcesConfig | LegacyConfig | AmplifyOutputsUnknown | ConfigurationBuilder
type DeepPartial<T> = T extends object ? { [Key in keyof T]?: DeepPartial<T[Key]> } : T

export interface CreateConfigurationBuilderOptions {
  from?: Seed
}

export interface ConfigurationBuilder {
  /** Takes over the categories of anything `Amplify.configure` accepts, or of another builder. */
  from(existing: Seed): ConfigurationBuilder
  /** Sets a category, in place of what it was. */
  add<Name extends Category>(category: Name, value: CategoryConfig<Name>): ConfigurationBuilder
  /** Changes single values deep inside a category. */
  patch<Name extends Category>(category: Name, value: DeepPartial<CategoryConfig<Name>>): ConfigurationBuilder
  auth(config: CategoryConfig<'Auth'>): ConfigurationBuilder
  storage(config: CategoryConfig<'Storage'>): ConfigurationBuilder
  api(config: CategoryConfig<'API'>): ConfigurationBuilder
  analytics(config: CategoryConfig<'Analytics'>): ConfigurationBuilder
  geo(config: CategoryConfig<'Geo'>): ConfigurationBuilder
  notifications(config: CategoryConfig<'Notifications'>): ConfigurationBuilder
  interactions(config: CategoryConfig<'Interactions'>): ConfigurationBuilder
  predictions(config: CategoryConfig<'Predictions'>): ConfigurationBuilder
  /** The configuration so far, frozen, for `Amplify.configure`. */
  build(): ResourcesConfig
}

/**
 * Builds a configuration step by step.
 *
 * @example
 * const config = createConfigurationBuilder({ from: outputs })
 *   .patch('Storage', { S3: { bucket: 'another-bucket' } })
 *   .build()
 * Amplify.configure(config)
 */
export function createConfigurationBuilder({
  from,
}: CreateConfigurationBuilderOptions = {}): ConfigurationBuilder {
  const config: ResourcesConfig = {}
  const builder: ConfigurationBuilder = {
    from(existing) {
      Object.assign(config, 'build' in existing ? existing.build() : parseAmplifyConfig(existing))
      return builder
    },
    add(category, value) {
      config[category] = value
      return builder
    },
    patch(category, value) {
      config[category] = merge(config[category] ?? {}, value)
      return builder
    },
    auth: (value) => builder.add('Auth', value),
    storage: (value) => builder.add('Storage', value),
    api: (value) => builder.add('API', value),
    analytics: (value) => builder.add('Analytics', value),
    geo: (value) => builder.add('Geo', value),
    notifications: (value) => builder.add('Notifications', value),
    interactions: (value) => builder.add('Interactions', value),
    predictions: (value) => builder.add('Predictions', value),
    build: () => Object.freeze({ ...config }),
  }
  return from ? builder.from(from) : builder
}

/** Objects are merged, all else is replaced; nothing given is changed. */
function merge(base: Written, over: Written): Written {
  const isObject = (value: unknown) => !!value && typeof value === 'object' && !Array.isArray(value)
  if (!isObject(base) || !isObject(over)) return over
  const result = { ...base }
  for (const [key, value] of Object.entries(over)) result[key] = key in base ? merge(base[key], value) : value
  return result
}
