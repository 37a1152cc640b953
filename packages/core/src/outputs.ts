import { check, wrong } from './check.js'
import type { BucketInfo, ResourcesConfig } from './resourcesConfig.js'

// amplify_outputs.json, versions 1 to 1.5.
// https://github.com/aws-amplify/amplify-backend/blob/main/packages/client-config/src/client-config-schema/schema_v1.4.json
// Beyond that schema we read where local services are: auth.user_pool_endpoint, auth.identity_pool_endpoint, data.realtime_url,
// custom.events.realtime_url and storage.endpoint.

const sections = 'auth{} data{} storage{} geo{} analytics{} notifications{} custom{}'

const authModes: Record<string, string> = {
  AMAZON_COGNITO_USER_POOLS: 'userPool',
  API_KEY: 'apiKey',
  AWS_IAM: 'iam',
  AWS_LAMBDA: 'lambda',
  OPENID_CONNECT: 'oidc',
}

const providers: Record<string, string> = {
  GOOGLE: 'Google',
  LOGIN_WITH_AMAZON: 'Amazon',
  FACEBOOK: 'Facebook',
  SIGN_IN_WITH_APPLE: 'Apple',
}

export function parseOutputs(outputs: any): ResourcesConfig {
  if (!/^1(\.\d+)?$/.test(outputs.version)) {
    throw wrong('version', 'must be 1 to 1.5, as Amplify Gen 2 writes it', outputs.version)
  }
  // The top level of the versions we know is closed, so a strange key there is a misspelt one.
  if (!(outputs.version > '1.5')) {
    const known = `$schema version ${sections}`
    for (const key of Object.keys(outputs)) {
      if (!known.includes(key)) throw wrong(key, 'is not a section of amplify_outputs.json')
    }
  }
  const { auth, data, storage, geo, analytics, notifications, custom } = check(
    'amplify_outputs',
    outputs,
    sections,
  )

  const config: any = {}
  if (storage) config.Storage = parseStorage(storage)
  if (auth) config.Auth = { Cognito: parseAuth(auth) }
  if (analytics?.amazon_pinpoint) {
    config.Analytics = { Pinpoint: pinpoint('analytics.amazon_pinpoint', analytics.amazon_pinpoint) }
  }
  if (geo) {
    const { aws_region, maps, search_indices, geofence_collections } = check('geo', geo, 'aws_region!')
    const LocationService = {
      region: aws_region,
      searchIndices: search_indices,
      geofenceCollections: geofence_collections,
      maps,
    }
    config.Geo = { LocationService }
  }
  if (data)
    config.API = { GraphQL: { ...endpoint('data', data), modelIntrospection: data.model_introspection } }
  if (custom?.events) config.API = { ...config.API, Events: endpoint('custom.events', custom.events) }
  if (notifications) parseNotifications(config, notifications)
  return config
}

function parseAuth(auth: any) {
  check(
    'auth',
    auth,
    'user_pool_id user_pool_client_id user_pool_endpoint identity_pool_id identity_pool_endpoint oauth{} password_policy{} passwordless{} username_attributes[] standard_required_attributes[] mfa_methods[] groups[]',
  )
  if (!auth.user_pool_id !== !auth.user_pool_client_id) {
    check('auth', auth, 'user_pool_id! user_pool_client_id!')
  }
  const { oauth, password_policy, username_attributes, passwordless, mfa_configuration } = auth
  const cognito: any = {
    userPoolId: auth.user_pool_id,
    userPoolClientId: auth.user_pool_client_id,
    userPoolEndpoint: auth.user_pool_endpoint,
    identityPoolEndpoint: auth.identity_pool_endpoint,
    groups: auth.groups,
  }
  if (auth.identity_pool_id) cognito.identityPoolId = auth.identity_pool_id
  if (auth.unauthenticated_identities_enabled) cognito.allowGuestAccess = true
  if (password_policy) {
    cognito.passwordFormat = {
      requireLowercase: password_policy.require_lowercase,
      requireNumbers: password_policy.require_numbers,
      requireUppercase: password_policy.require_uppercase,
      requireSpecialCharacters: password_policy.require_symbols,
      minLength: password_policy.min_length ?? 6,
    }
  }
  if (mfa_configuration) {
    cognito.mfa = {
      status: mfa_configuration === 'OPTIONAL' ? 'optional' : mfa_configuration === 'REQUIRED' ? 'on' : 'off',
      smsEnabled: auth.mfa_methods?.includes('SMS'),
      totpEnabled: auth.mfa_methods?.includes('TOTP'),
    }
  }
  if (oauth) {
    check(
      'auth.oauth',
      oauth,
      'domain! scopes[] redirect_sign_in_uri[] redirect_sign_out_uri[] identity_providers[]',
    )
    cognito.loginWith = {
      oauth: {
        domain: oauth.domain,
        redirectSignIn: oauth.redirect_sign_in_uri,
        redirectSignOut: oauth.redirect_sign_out_uri,
        responseType: oauth.response_type === 'token' ? 'token' : 'code',
        scopes: oauth.scopes,
        providers: (oauth.identity_providers ?? []).flatMap((name: string) => providers[name] ?? []),
      },
    }
  }
  if (username_attributes) {
    cognito.loginWith = {
      ...cognito.loginWith,
      email: username_attributes.includes('email'),
      phone: username_attributes.includes('phone_number'),
      username: username_attributes.includes('username'),
    }
  }
  if (auth.standard_required_attributes) {
    cognito.userAttributes = {}
    for (const name of auth.standard_required_attributes) cognito.userAttributes[name] = { required: true }
  }
  if (passwordless) {
    const { web_authn } = passwordless
    cognito.passwordless = {
      emailOtpEnabled: passwordless.email_otp_enabled,
      smsOtpEnabled: passwordless.sms_otp_enabled,
      webAuthn: web_authn && {
        relyingPartyId: web_authn.relying_party_id,
        userVerification: web_authn.user_verification,
      },
      preferredChallenge: passwordless.preferred_challenge,
    }
  }
  return cognito
}

function parseStorage(storage: any) {
  check('storage', storage, 'aws_region! bucket_name! endpoint buckets[]')
  const buckets: Record<string, BucketInfo> | undefined = storage.buckets && {}
  storage.buckets?.forEach((bucket: any, index: number) => {
    const path = `storage.buckets[${index}]`
    const { name, bucket_name, aws_region, paths } = check(
      path,
      bucket,
      'name! bucket_name! aws_region! paths{}',
    )
    if (Object.hasOwn(buckets!, name)) throw wrong(`${path}.name`, 'is taken by another bucket', name)
    buckets![name] = { bucketName: bucket_name, region: aws_region, paths }
  })
  return {
    S3: { bucket: storage.bucket_name, region: storage.aws_region, endpoint: storage.endpoint, buckets },
  }
}

function endpoint(path: string, section: any) {
  check(
    path,
    section,
    'url! realtime_url aws_region api_key default_authorization_type! model_introspection{}',
  )
  const defaultAuthMode = authModes[section.default_authorization_type]
  if (!defaultAuthMode) {
    throw wrong(
      `${path}.default_authorization_type`,
      `must be one of ${Object.keys(authModes).join(', ')}`,
      section.default_authorization_type,
    )
  }
  return {
    endpoint: section.url,
    realtimeEndpoint: section.realtime_url,
    defaultAuthMode,
    region: section.aws_region,
    apiKey: section.api_key,
  }
}

function pinpoint(path: string, section: any) {
  const { app_id, aws_region } = check(path, section, 'app_id! aws_region!')
  return { appId: app_id, region: aws_region }
}

function parseNotifications(config: any, notifications: any): void {
  const {
    aws_region,
    channels = [],
    amazon_pinpoint_app_id,
    amazon_connect,
  } = check('notifications', notifications, 'aws_region amazon_pinpoint_app_id channels[] amazon_connect{}')
  const inApp = channels.includes('IN_APP_MESSAGING')
  const push = channels.includes('APNS') || channels.includes('FCM')
  if (!inApp && !push && !amazon_connect) return

  const Pinpoint = amazon_pinpoint_app_id &&
    aws_region && { appId: amazon_pinpoint_app_id, region: aws_region }
  const PushNotification: any = {}
  config.Notifications = {}
  if (inApp && Pinpoint) config.Notifications.InAppMessaging = { Pinpoint }
  if (push && Pinpoint) PushNotification.Pinpoint = Pinpoint
  if (amazon_connect) {
    PushNotification.CustomerProfiles = {
      endpoint: amazon_connect.endpoint,
      region: amazon_connect.aws_region,
    }
  }
  if (Object.keys(PushNotification).length > 0) config.Notifications.PushNotification = PushNotification
}
