import { parseAmplifyConfig as official } from 'aws-amplify/utils'
import { afterEach, expect, test, vi } from 'vitest'
import { Amplify, parseAmplifyConfig } from './amplify.js'
import { createAmplifyContext } from './amplifyContext.js'
import { Hub } from './hub.js'

afterEach(() => {
  vi.restoreAllMocks()
  delete (globalThis as any)[Symbol.for('backline.context')]
})

const outputs = {
  $schema: 'https://example.com/schema.json',
  version: '1.4',
  auth: {
    aws_region: 'eu-west-1',
    user_pool_id: 'eu-west-1_Abc',
    user_pool_client_id: 'client',
    identity_pool_id: 'eu-west-1:1',
    password_policy: {
      min_length: 8,
      require_lowercase: true,
      require_numbers: false,
      require_symbols: true,
      require_uppercase: true,
    },
    oauth: {
      identity_providers: ['GOOGLE', 'LOGIN_WITH_AMAZON', 'SIGN_IN_WITH_APPLE', 'FACEBOOK', 'OwnProvider'],
      domain: 'x.auth.eu-west-1.amazoncognito.com',
      scopes: ['openid'],
      redirect_sign_in_uri: ['http://localhost/'],
      redirect_sign_out_uri: ['http://localhost/'],
      response_type: 'code',
    },
    standard_required_attributes: ['email', 'birthdate'],
    username_attributes: ['email', 'phone_number'],
    user_verification_types: ['email'],
    unauthenticated_identities_enabled: true,
    mfa_configuration: 'OPTIONAL',
    mfa_methods: ['TOTP'],
    groups: [{ admin: { precedence: 0 } }],
    passwordless: {
      email_otp_enabled: true,
      sms_otp_enabled: false,
      web_authn: { relying_party_id: 'localhost', user_verification: 'required' },
      preferred_challenge: 'WEB_AUTHN',
    },
  },
  data: {
    aws_region: 'eu-west-1',
    url: 'https://x.appsync-api.eu-west-1.amazonaws.com/graphql',
    api_key: 'da2-x',
    default_authorization_type: 'AMAZON_COGNITO_USER_POOLS',
    authorization_types: ['API_KEY', 'AWS_IAM'],
    model_introspection: {
      version: 1,
      models: { Todo: { name: 'Todo', fields: {} } },
      enums: {},
      nonModels: {},
    },
  },
  storage: {
    aws_region: 'eu-west-1',
    bucket_name: 'bucket-1',
    buckets: [
      {
        name: 'photos',
        bucket_name: 'bucket-1',
        aws_region: 'eu-west-1',
        paths: { 'photos/*': { guest: ['get', 'list'], authenticated: ['get'] } },
      },
      { name: 'second', bucket_name: 'bucket-2', aws_region: 'us-east-1' },
    ],
  },
  geo: {
    aws_region: 'eu-west-1',
    maps: { items: { Map1: { style: 'VectorEsriStreets' } }, default: 'Map1' },
    search_indices: { items: ['Index1'], default: 'Index1' },
    geofence_collections: { items: ['Fence1'], default: 'Fence1' },
  },
  analytics: { amazon_pinpoint: { app_id: 'app', aws_region: 'eu-west-1' } },
  notifications: {
    aws_region: 'eu-west-1',
    amazon_pinpoint_app_id: 'app',
    channels: ['IN_APP_MESSAGING', 'FCM'],
  },
  custom: {
    events: {
      url: 'https://x.appsync-api.eu-west-1.amazonaws.com/event',
      aws_region: 'eu-west-1',
      default_authorization_type: 'API_KEY',
      api_key: 'da2-e',
    },
    anything: { else: true },
  },
}

const awsExports = {
  aws_project_region: 'us-east-1',
  aws_cognito_identity_pool_id: 'us-east-1:2',
  aws_cognito_region: 'us-east-1',
  aws_user_pools_id: 'us-east-1_Old',
  aws_user_pools_web_client_id: 'oldclient',
  oauth: {
    domain: 'old.auth.us-east-1.amazoncognito.com',
    scope: ['phone', 'openid'],
    redirectSignIn: 'http://localhost:3000/,https://www.example.com/',
    redirectSignOut: 'http://localhost:3000/',
    responseType: 'code',
  },
  aws_cognito_username_attributes: ['EMAIL'],
  aws_cognito_social_providers: ['GOOGLE', 'FACEBOOK'],
  aws_cognito_signup_attributes: ['EMAIL', 'NAME'],
  aws_cognito_mfa_configuration: 'ON',
  aws_cognito_mfa_types: ['SMS'],
  aws_cognito_password_protection_settings: {
    passwordPolicyMinLength: 10,
    passwordPolicyCharacters: ['REQUIRES_LOWERCASE', 'REQUIRES_SYMBOLS'],
  },
  aws_cognito_verification_mechanisms: ['EMAIL'],
  aws_appsync_graphqlEndpoint: 'https://old.appsync-api.us-east-1.amazonaws.com/graphql',
  aws_appsync_region: 'us-east-1',
  aws_appsync_authenticationType: 'API_KEY',
  aws_appsync_apiKey: 'da2-old',
  aws_user_files_s3_bucket: 'old-bucket',
  aws_user_files_s3_bucket_region: 'us-east-1',
  aws_mobile_analytics_app_id: 'oldapp',
  aws_mobile_analytics_app_region: 'us-west-2',
  aws_cloud_logic_custom: [
    { name: 'api1', endpoint: 'https://x.execute-api.us-east-1.amazonaws.com/dev', region: 'us-east-1' },
  ],
  aws_bots_config: [{ name: 'BookTrip', alias: '$LATEST', region: 'us-east-1' }],
  Notifications: { InAppMessaging: { AWSPinpoint: { appId: 'oldapp', region: 'us-west-2' } } },
  geo: {
    amazon_location_service: {
      region: 'us-east-1',
      maps: { items: { M: { style: 's' } }, default: 'M' },
      search_indices: { items: ['I'], default: 'I' },
      geofenceCollections: { items: ['F'], default: 'F' },
    },
  },
  predictions: { convert: { speechGenerator: { region: 'us-east-1', proxy: false } } },
}

const without = (key: string) => ({ ...outputs, auth: { ...outputs.auth, [key]: undefined } })

test.each([
  ['all sections', outputs],
  ['no identity pool', without('identity_pool_id')],
  ['no mfa', without('mfa_configuration')],
  ['no oauth', without('oauth')],
  ['no user names', without('username_attributes')],
  [
    'Amazon Connect',
    { version: '1.5', notifications: { amazon_connect: { aws_region: 'us-east-1', endpoint: 'https://x' } } },
  ],
  ['the first version, all but empty', { version: '1' }],
  ['aws-exports', awsExports],
  [
    'aws-exports with nothing but a bucket',
    { aws_project_region: 'us-east-1', aws_user_files_s3_bucket: 'b' },
  ],
  [
    'aws-exports with only a pool',
    { aws_project_region: 'us-east-1', aws_user_pools_id: 'us-east-1_x', oauth: {} },
  ],
  [
    'aws-exports that demands sign-in',
    { ...awsExports, aws_mandatory_sign_in: 'enable', aws_appsync_authenticationType: 'NONE' },
  ],
])('%s comes out as it does in aws-amplify', (_, config) => {
  expect(parseAmplifyConfig(config)).toEqual(official(config as any))
})

test('the endpoints of local services are read', () => {
  const config: any = parseAmplifyConfig({
    version: '1.4',
    auth: {
      user_pool_id: 'local_1',
      user_pool_client_id: 'c',
      user_pool_endpoint: 'http://127.0.0.1:1/pool',
      identity_pool_endpoint: 'http://127.0.0.1:1/identity',
    },
    data: { ...outputs.data, realtime_url: 'ws://127.0.0.1:1/graphql' },
    storage: { aws_region: 'local', bucket_name: 'b', endpoint: 'http://127.0.0.1:1/s3' },
  })
  expect(config.Auth.Cognito).toMatchObject({
    userPoolEndpoint: 'http://127.0.0.1:1/pool',
    identityPoolEndpoint: 'http://127.0.0.1:1/identity',
  })
  expect(config.API.GraphQL.realtimeEndpoint).toBe('ws://127.0.0.1:1/graphql')
  expect(config.Storage.S3.endpoint).toBe('http://127.0.0.1:1/s3')
})

test.each<[string, any, RegExp]>([
  ['nothing', undefined, /must be an object/],
  ['null', null, /must be an object/],
  ['a text', 'amplify_outputs.json', /must be an object/],
  ['a list', [outputs], /must be an object/],
  ['version 2', { version: '2', auth: {} }, /version must be 1 to 1\.5, not "2"/],
  ['a number as version', { version: true }, /version/],
  ['outputs without version', { auth: outputs.auth }, /auth needs a version/],
  ['a misspelt section', { version: '1.3', atuh: {} }, /atuh is not a section/],
  ['a misspelt category', { Auht: {} }, /Auht is not one of/],
  [
    'a number for a pool',
    { version: '1', auth: { user_pool_id: 7, user_pool_client_id: 'c' } },
    /auth\.user_pool_id must be a text, not 7/,
  ],
  [
    'a pool without client',
    { version: '1', auth: { user_pool_id: 'us-east-1_x' } },
    /auth\.user_pool_client_id is missing/,
  ],
  ['data without url', { version: '1', data: { aws_region: 'x' } }, /data\.url is missing.*aws_region/],
  [
    'an unknown mode',
    { version: '1', data: { ...outputs.data, default_authorization_type: 'MAGIC' } },
    /data\.default_authorization_type.*API_KEY.*MAGIC/,
  ],
  [
    'a bucket without region',
    { version: '1', storage: { bucket_name: 'b' } },
    /storage\.aws_region is missing/,
  ],
  [
    'a bucket among several without region',
    { version: '1', storage: { ...outputs.storage, buckets: [{ name: 'b', bucket_name: 'b' }] } },
    /storage\.buckets\.0\.aws_region is missing/,
  ],
  [
    'two buckets of one name',
    {
      version: '1',
      storage: { ...outputs.storage, buckets: [outputs.storage.buckets[0], outputs.storage.buckets[0]] },
    },
    /buckets\.1\.name is taken/,
  ],
  ['a section that is a text', { version: '1', auth: 'yes' }, /auth must be an object, not "yes"/],
  [
    'a list in the library form',
    { Auth: { Cognito: { userPoolId: ['x'] } } },
    /Auth\.Cognito\.userPoolId must be a text/,
  ],
  [
    'a GraphQL without endpoint',
    { API: { GraphQL: { defaultAuthMode: 'iam' } } },
    /API\.GraphQL\.endpoint is missing/,
  ],
])('%s is refused at configure, by the name of the key', (_, config, message) => {
  expect(() => Amplify.configure(config)).toThrow(message)
  expect(() => Amplify.configure(config)).toThrow(
    expect.objectContaining({ name: 'InvalidConfigurationException' }),
  )
})

test('a newer minor version may bring sections we do not know', () => {
  expect(() => parseAmplifyConfig({ version: '1.6', brandNew: {} } as any)).not.toThrow()
})

test('a wrong configuration leaves the one before in place', () => {
  Amplify.configure(outputs)
  expect(() => Amplify.configure({ version: '9' })).toThrow()
  expect(Amplify.getConfig().Storage?.S3.bucket).toBe('bucket-1')
})

test('the configuration is frozen all through, and the given object is not', () => {
  const given = structuredClone(outputs)
  Amplify.configure(given)
  const config: any = Amplify.getConfig()
  expect(Object.isFrozen(config.Auth.Cognito.loginWith.oauth.scopes)).toBe(true)
  expect(() => (config.API.GraphQL.apiKey = 'other')).toThrow(TypeError)
  given.auth.user_pool_id = 'changed'
  expect(config.Auth.Cognito.userPoolId).toBe('eu-west-1_Abc')
})

test('the spread of the configuration configures again', () => {
  Amplify.configure(outputs)
  const before = Amplify.getConfig()
  Amplify.configure({
    ...before,
    API: { ...before.API, REST: { own: { endpoint: 'https://api.example.com' } } },
  })
  expect(Amplify.getConfig()).toMatchObject({
    Auth: { Cognito: { userPoolId: 'eu-west-1_Abc' } },
    API: { GraphQL: { apiKey: 'da2-x' }, REST: { own: { endpoint: 'https://api.example.com' } } },
  })
})

test('before configure there is an empty configuration and a warning', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  expect(Amplify.getConfig()).toEqual({})
  expect(warn).toHaveBeenCalledOnce()
})

test('listeners registered before configure hear of it, and of a second one', () => {
  const heard: unknown[] = []
  const stop = Hub.listen('core', ({ payload, source }) => heard.push([payload.event, payload.data, source]))
  Amplify.configure({ version: '1' })
  Amplify.configure(outputs)
  stop()
  Amplify.configure(outputs)
  expect(heard).toEqual([
    ['configure', {}, 'Configure'],
    ['configure', official(outputs as any), 'Configure'],
  ])
})

test('contexts share nothing', async () => {
  Amplify.configure(outputs)
  const one = createAmplifyContext(outputs)
  const two = createAmplifyContext(awsExports)
  const heard: string[] = []
  for (const [name, ctx] of Object.entries({ one, two })) ctx.events.listen('auth', () => heard.push(name))
  Hub.listen('auth', () => heard.push('app'))

  one.events.emit('auth', 'signedOut')
  await one.platform.store.setItem('key', 'of one')

  expect(heard).toEqual(['one'])
  expect(await two.platform.store.getItem('key')).toBeNull()
  expect(two.config.Auth?.Cognito.userPoolId).toBe('us-east-1_Old')
  expect(Amplify.getConfig().Auth?.Cognito.userPoolId).toBe('eu-west-1_Abc')
  expect(one.token.value).not.toBe(two.token.value)
})

test('two copies of the package share one configuration', async () => {
  Amplify.configure(outputs)
  vi.resetModules()
  const copy = await import('./amplify.js')
  expect(copy.Amplify).not.toBe(Amplify)
  expect(copy.Amplify.getConfig()).toBe(Amplify.getConfig())
})
