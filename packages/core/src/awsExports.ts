import {
  authModes,
  capitalize,
  flags,
  read,
  requiredAttributes,
  secondFactors,
  type Written,
} from './read.js'
import type { ResourcesConfig } from './resourcesConfig.js'

// aws-exports.js and amplifyconfiguration.json, as the Amplify CLI of generation 1 writes them.
// https://docs.amplify.aws/gen1/react/tools/libraries/configure-categories/

const table = `aws_user_pools_:Auth.Cognito:id=userPoolId web_client_id=userPoolClientId
aws_cognito_:Auth.Cognito:identity_pool_id
aws_appsync_:API.GraphQL:graphqlEndpoint=endpoint apiKey region
aws_user_files_s3_:Storage.S3:bucket bucket_region=region dangerously_connect_to_http_endpoint_for_testing
aws_mobile_analytics_app_:Analytics.Pinpoint:id=appId region
Notifications.InAppMessaging.AWSPinpoint:Notifications.InAppMessaging.Pinpoint:appId region
Notifications.Push.AWSPinpoint:Notifications.PushNotification.Pinpoint:appId region
geo.amazon_location_service:Geo.LocationService:region maps% geofenceCollections% search_indices%`

export function parseAwsExports(exports: Written): ResourcesConfig {
  const config = read(exports, table)
  const {
    aws_appsync_authenticationType: mode,
    aws_bots_config: bots,
    aws_cloud_logic_custom: rest,
    modelIntrospection,
    predictions,
  } = exports

  if (config.Auth) completeAuth(exports, config.Auth.Cognito)
  if (config.API) {
    const { GraphQL } = config.API
    // LAMBDA and NONE are not in the newer file; anything else was IAM to the CLI.
    GraphQL.defaultAuthMode = authModes[mode] ?? (/^(LAMBDA|NONE)$/.test(mode) ? mode.toLowerCase() : 'iam')
    if (modelIntrospection) GraphQL.modelIntrospection = modelIntrospection
  }
  if (rest) {
    config.API ??= {}
    config.API.REST = {}
    for (const { name, ...api } of rest)
      config.API.REST[name] = read({ api }, `api:${name}:endpoint service region`)[name]
  }
  if (Array.isArray(bots))
    config.Interactions = { LexV1: Object.fromEntries(bots.map((bot) => [bot.name, bot])) }
  if (predictions) config.Predictions = predictions
  return config
}

function completeAuth(exports: Written, cognito: Written): void {
  const take = (key: string) => exports[`aws_cognito_${key}`]
  const password = take('password_protection_settings')
  const mfa = take('mfa_configuration')
  const social = take('social_providers')
  const { oauth } = exports

  cognito.allowGuestAccess = exports.aws_mandatory_sign_in !== 'enable'
  cognito.signUpVerificationMethod = take('sign_up_verification_method')
  cognito.userAttributes = requiredAttributes([
    ...(take('verification_mechanisms') ?? []),
    ...(take('signup_attributes') ?? []),
  ])
  if (mfa) cognito.mfa = { status: mfa.toLowerCase(), ...flags(take('mfa_types'), secondFactors) }
  if (password) {
    cognito.passwordFormat = {
      minLength: password.passwordPolicyMinLength,
      ...flags(password.passwordPolicyCharacters, {
        requireLowercase: 'REQUIRES_LOWERCASE',
        requireUppercase: 'REQUIRES_UPPERCASE',
        requireNumbers: 'REQUIRES_NUMBERS',
        requireSpecialCharacters: 'REQUIRES_SYMBOLS',
      }),
    }
  }
  cognito.loginWith = flags(take('username_attributes'), { email: 'EMAIL', phone: 'PHONE_NUMBER' })
  cognito.loginWith.username = !(cognito.loginWith.email || cognito.loginWith.phone)
  if (oauth && Object.keys(oauth).length > 0) {
    const { domain, scope: scopes, redirectSignIn = '', redirectSignOut = '', responseType } = oauth
    cognito.loginWith.oauth = {
      domain,
      scopes,
      redirectSignIn: redirectSignIn.split(','),
      redirectSignOut: redirectSignOut.split(','),
      responseType,
    }
    if (social?.length > 0) cognito.loginWith.oauth.providers = social.map(capitalize)
  }
}
