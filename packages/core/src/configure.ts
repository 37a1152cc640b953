// What `backline` itself has. `index` leads to tokens as well, and what a barrel leads to, esbuild loads at once.

export { Amplify } from './amplify.js'
export { type AmplifyContext, createAmplifyContext } from './amplifyContext.js'
export { type ConfigurationBuilder, createConfigurationBuilder } from './configurationBuilder.js'
export type { LibraryOptions, ResourcesConfig } from './resourcesConfig.js'
