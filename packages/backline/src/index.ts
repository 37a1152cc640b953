/// <reference path="./amplify-backend.d.ts" preserve="true" />
// `aws-amplify`
export {
  Amplify,
  type AmplifyContext,
  type ConfigurationBuilder,
  createAmplifyContext,
  createConfigurationBuilder,
  type LibraryOptions,
  type ResourcesConfig,
} from '@backline/core/configure'
