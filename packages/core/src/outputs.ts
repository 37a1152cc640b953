import { capitalize, flags, read, requiredAttributes, secondFactors, type Written, wrong } from './read.js'
import type { ResourcesConfig } from './resourcesConfig.js'

// amplify_outputs.json, versions 1 to 1.5.
// https://github.com/aws-amplify/amplify-backend/blob/main/packages/client-config/src/client-config-schema/schema_v1.4.json
// Beyond that schema we read where local services are: auth.user_pool_endpoint, auth.identity_pool_endpoint, data.realtime_url,
// custom.events.realtime_url, storage.endpoint, geo.endpoint (with geo.api_version), notifications.endpoint, in custom.interactions the
// bots, and under analytics amazon_kinesis, amazon_kinesis_firehose and amazon_personalize.

const endpoint =
  'url!=endpoint realtime_url=realtimeEndpoint aws_region=region api_key default_authorization_type@!=defaultAuthMode model_introspection%'

const table = `auth:Auth.Cognito:user_pool_id user_pool_client_id user_pool_endpoint identity_pool_id identity_pool_endpoint groups* unauthenticated_identities_enabled?=allowGuestAccess standard_required_attributes*=userAttributes
auth.password_policy:Auth.Cognito.passwordFormat:require_lowercase? require_numbers? require_uppercase? require_symbols?=requireSpecialCharacters min_length?
auth.passwordless:Auth.Cognito.passwordless:email_otp_enabled? sms_otp_enabled? preferred_challenge
auth.passwordless.web_authn:Auth.Cognito.passwordless.webAuthn:relying_party_id user_verification
auth.oauth:Auth.Cognito.loginWith.oauth:domain! scopes* redirect_sign_in_uri*=redirectSignIn redirect_sign_out_uri*=redirectSignOut response_type identity_providers*=providers
data:API.GraphQL:${endpoint}
custom.events:API.Events:${endpoint}
custom.interactions:Interactions:LexV1% LexV2%
storage:Storage.S3:bucket_name!=bucket aws_region!=region endpoint buckets*
geo:Geo.LocationService:aws_region!=region endpoint api_version? maps% search_indices% geofence_collections%
notifications.amazon_connect:Notifications.PushNotification.CustomerProfiles:endpoint! aws_region!=region`

const sections = '$schema version auth data storage geo analytics notifications custom'

export function parseOutputs(outputs: Written): ResourcesConfig {
  const { version, auth, notifications } = outputs
  if (!/^1(\.\d+)?$/.test(version)) throw wrong('version', 'must be 1 to 1.5', version)
  // The top level of the versions we know is closed, so a strange key there is a misspelt one.
  const strange = Object.keys(outputs).find((key) => !sections.split(' ').includes(key))
  if (strange && version <= '1.5') throw wrong(strange, 'is not a section of amplify_outputs.json')

  const config = read(outputs, table)
  if (config.Auth) completeAuth(auth, config.Auth.Cognito)

  for (const name in outputs.analytics) {
    // amazon_kinesis_firehose is KinesisFirehose.
    const table = `analytics.${name}:Analytics.${name.slice(6)}:app_id tracking_id aws_region!=region endpoint`
    read(outputs, table, config)
  }

  const S3 = config.Storage?.S3
  if (S3?.buckets) {
    const buckets: Written = {}
    for (const index in S3.buckets) {
      const path = `storage.buckets.${index}`
      const { name, ...bucket } = read(
        outputs,
        `${path}:it:name! bucket_name! aws_region!=region endpoint paths%`,
      ).it
      if (buckets[name]) throw wrong(`${path}.name`, 'is taken by another bucket', name)
      buckets[name] = bucket
    }
    S3.buckets = buckets
  }

  if (notifications?.amazon_pinpoint_app_id) {
    const table =
      'notifications:Notifications.InAppMessaging.Pinpoint:amazon_pinpoint_app_id=appId aws_region!=region endpoint'
    if (/IN_APP/.test(notifications.channels)) read(outputs, table, config)
    if (/APNS|FCM/.test(notifications.channels))
      read(outputs, table.replace('InAppMessaging', 'PushNotification'), config)
  }
  return config
}

function completeAuth(auth: Written, cognito: Written): void {
  const { userPoolId, userPoolClientId, userAttributes, loginWith } = cognito
  if (!userPoolId !== !userPoolClientId) {
    throw wrong(userPoolId ? 'auth.user_pool_client_id' : 'auth.user_pool_id', 'is missing')
  }
  if (userAttributes) cognito.userAttributes = requiredAttributes(userAttributes)

  const { mfa_configuration, mfa_methods, username_attributes } = auth
  if (mfa_configuration) {
    cognito.mfa = {
      status: ({ REQUIRED: 'on', OPTIONAL: 'optional' } as Written)[mfa_configuration] ?? 'off',
      ...flags(mfa_methods, secondFactors),
    }
  }
  if (loginWith) {
    const { oauth } = loginWith
    if (oauth.responseType !== 'token') oauth.responseType = 'code'
    oauth.providers = (oauth.providers ?? []).flatMap(
      (name: string) => name.match(/(GOOGLE|FACEBOOK|AMAZON|APPLE)$/g)?.map(capitalize) ?? [],
    )
  }
  if (username_attributes) {
    cognito.loginWith = {
      ...loginWith,
      ...flags(username_attributes, { email: 'email', phone: 'phone_number', username: 'username' }),
    }
  }
}
