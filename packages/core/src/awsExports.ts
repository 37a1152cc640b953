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

const table = `it:Auth.Cognito:aws_user_pools_id=userPoolId aws_user_pools_web_client_id=userPoolClientId aws_cognito_identity_pool_id=identityPoolId
it:API.GraphQL:aws_appsync_graphqlEndpoint=endpoint aws_appsync_apiKey=apiKey aws_appsync_region=region
it:Storage.S3:aws_user_files_s3_bucket=bucket aws_user_files_s3_bucket_region=region aws_user_files_s3_dangerously_connect_to_http_endpoint_for_testing=dangerouslyConnectToHttpEndpointForTesting
it:Analytics.Pinpoint:aws_mobile_analytics_app_id=appId aws_mobile_analytics_app_region=region
it.Notifications.InAppMessaging.AWSPinpoint:Notifications.InAppMessaging.Pinpoint:appId region
it.Notifications.Push.AWSPinpoint:Notifications.PushNotification.Pinpoint:appId region
it.geo.amazon_location_service:Geo.LocationService:region maps% geofenceCollections% search_indices%`

export function parseAwsExports(exports: Written): ResourcesConfig {
  const config = read({ it: exports }, table)
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
    for (const api of rest) read({ api }, `api:${api.name}:endpoint service region`, config.API.REST)
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
  if (oauth?.domain) {
    const { domain, scope: scopes, redirectSignIn = '', redirectSignOut = '', responseType } = oauth
    cognito.loginWith.oauth = {
      domain,
      scopes,
      redirectSignIn: redirectSignIn.split(','),
      redirectSignOut: redirectSignOut.split(','),
      responseType,
    }
    if (social?.[0]) cognito.loginWith.oauth.providers = social.map(capitalize)
  }
}
