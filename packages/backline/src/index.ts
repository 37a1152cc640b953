/// <reference path="./amplify-backend.d.ts" preserve="true" />
// `aws-amplify`
export {
  Amplify,
  type AmplifyContext,
  createAmplifyContext,
  type LibraryOptions,
  type ResourcesConfig,
} from '@backline/core'
