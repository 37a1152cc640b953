import { check } from './check.js'
import type { ResourcesConfig } from './resourcesConfig.js'

// aws-exports.js and amplifyconfiguration.json, as the Amplify CLI of generation 1 writes them.
// https://docs.amplify.aws/gen1/react/tools/libraries/configure-categories/

const authModes: Record<string, string> = {
  API_KEY: 'apiKey',
  AWS_IAM: 'iam',
  AMAZON_COGNITO_USER_POOLS: 'userPool',
  OPENID_CONNECT: 'oidc',
  NONE: 'none',
  AWS_LAMBDA: 'lambda',
  LAMBDA: 'lambda',
}

export function parseAwsExports(exports: any): ResourcesConfig {
  check(
    'aws-exports',
    exports,
    'aws_project_region! aws_user_pools_id aws_user_pools_web_client_id aws_cognito_identity_pool_id aws_user_files_s3_bucket aws_user_files_s3_bucket_region aws_appsync_graphqlEndpoint aws_appsync_region aws_appsync_apiKey aws_cloud_logic_custom[] geo{} oauth{} predictions{}',
  )
  const config: any = {}

  if (exports.aws_mobile_analytics_app_id) {
    const Pinpoint = {
      appId: exports.aws_mobile_analytics_app_id,
      region: exports.aws_mobile_analytics_app_region,
    }
    config.Analytics = { Pinpoint }
  }

  const inApp = exports.Notifications?.InAppMessaging?.AWSPinpoint
  const push = exports.Notifications?.Push?.AWSPinpoint
  if (inApp || push) config.Notifications = {}
  if (inApp) config.Notifications.InAppMessaging = { Pinpoint: { appId: inApp.appId, region: inApp.region } }
  if (push) config.Notifications.PushNotification = { Pinpoint: { appId: push.appId, region: push.region } }

  if (Array.isArray(exports.aws_bots_config)) {
    config.Interactions = {
      LexV1: Object.fromEntries(exports.aws_bots_config.map((bot: any) => [bot.name, bot])),
    }
  }

  if (exports.aws_appsync_graphqlEndpoint) {
    const GraphQL: any = {
      endpoint: exports.aws_appsync_graphqlEndpoint,
      apiKey: exports.aws_appsync_apiKey,
      region: exports.aws_appsync_region,
      defaultAuthMode: authModes[exports.aws_appsync_authenticationType] ?? 'iam',
    }
    if (exports.modelIntrospection) GraphQL.modelIntrospection = exports.modelIntrospection
    config.API = { GraphQL }
  }
  if (exports.aws_cloud_logic_custom) {
    const REST: any = {}
    for (const { name, endpoint, service, region } of exports.aws_cloud_logic_custom) {
      REST[name] = { endpoint, ...(service && { service }), ...(region && { region }) }
    }
    config.API = { ...config.API, REST }
  }

  if (exports.aws_cognito_identity_pool_id || exports.aws_user_pools_id)
    config.Auth = { Cognito: parseAuth(exports) }

  if (exports.aws_user_files_s3_bucket) {
    config.Storage = {
      S3: {
        bucket: exports.aws_user_files_s3_bucket,
        region: exports.aws_user_files_s3_bucket_region,
        dangerouslyConnectToHttpEndpointForTesting:
          exports.aws_user_files_s3_dangerously_connect_to_http_endpoint_for_testing,
      },
    }
  }

  const location = exports.geo?.amazon_location_service
  if (location) {
    const { maps, geofenceCollections, search_indices: searchIndices, region } = location
    config.Geo = { LocationService: { maps, geofenceCollections, searchIndices, region } }
  }

  if (exports.predictions) {
    const { convert } = exports.predictions
    const voiceId = convert?.speechGenerator?.defaults?.VoiceId
    config.Predictions = voiceId
      ? {
          ...exports.predictions,
          convert: { ...convert, speechGenerator: { ...convert.speechGenerator, defaults: { voiceId } } },
        }
      : exports.predictions
  }
  return config
}

function parseAuth(exports: any) {
  const { oauth, aws_cognito_social_providers: social, aws_cognito_username_attributes: logins } = exports
  const mfa = exports.aws_cognito_mfa_configuration
  const password = exports.aws_cognito_password_protection_settings
  const requires = (kind: string) => password.passwordPolicyCharacters?.includes(`REQUIRES_${kind}`) ?? false
  const email = logins?.includes('EMAIL') ?? false
  const phone = logins?.includes('PHONE_NUMBER') ?? false

  const userAttributes: any = {}
  const attributes = [
    ...(exports.aws_cognito_verification_mechanisms ?? []),
    ...(exports.aws_cognito_signup_attributes ?? []),
  ]
  for (const name of attributes) userAttributes[name.toLowerCase()] = { required: true }

  const loginWith: any = { username: !(email || phone), email, phone }
  if (oauth && Object.keys(oauth).length > 0) {
    loginWith.oauth = {
      domain: oauth.domain,
      scopes: oauth.scope,
      redirectSignIn: oauth.redirectSignIn?.split(',') ?? [],
      redirectSignOut: oauth.redirectSignOut?.split(',') ?? [],
      responseType: oauth.responseType,
    }
    // FACEBOOK becomes Facebook.
    if (social?.length > 0) {
      loginWith.oauth.providers = social.map(
        (name: string) => name[0]!.toUpperCase() + name.slice(1).toLowerCase(),
      )
    }
  }

  return {
    identityPoolId: exports.aws_cognito_identity_pool_id,
    allowGuestAccess: exports.aws_mandatory_sign_in !== 'enable',
    signUpVerificationMethod: exports.aws_cognito_sign_up_verification_method,
    userAttributes,
    userPoolClientId: exports.aws_user_pools_web_client_id,
    userPoolId: exports.aws_user_pools_id,
    mfa: mfa && {
      status: mfa.toLowerCase(),
      totpEnabled: exports.aws_cognito_mfa_types?.includes('TOTP') ?? false,
      smsEnabled: exports.aws_cognito_mfa_types?.includes('SMS') ?? false,
    },
    passwordFormat: password && {
      minLength: password.passwordPolicyMinLength,
      requireLowercase: requires('LOWERCASE'),
      requireUppercase: requires('UPPERCASE'),
      requireNumbers: requires('NUMBERS'),
      requireSpecialCharacters: requires('SYMBOLS'),
    },
    loginWith,
  }
}
