import { type Sandbox, startSandbox } from '@backline/sandbox'
import { defineAuth, defineBackend, defineData, defineStorage } from 'backline/backend'
import { a } from 'backline/schema'

// The backend that the strangers of this folder meet: every service at once, as an app would define it.

const schema = a.schema({
  Post: a
    .model({
      title: a.string().required(),
      rating: a.integer(),
      comments: a.hasMany('Comment', 'postId'),
    })
    .authorization((allow) => [allow.publicApiKey(), allow.owner(), allow.guest().to(['read'])]),
  Comment: a
    .model({ text: a.string().required(), postId: a.id(), post: a.belongsTo('Post', 'postId') })
    .authorization((allow) => [allow.publicApiKey(), allow.authenticated()]),
})

export const startShop = (options: { dataDir?: string } = {}): Promise<Sandbox> =>
  startSandbox({
    backend: defineBackend({
      auth: defineAuth({ loginWith: { email: true } }),
      data: defineData({
        schema,
        authorizationModes: {
          defaultAuthorizationMode: 'userPool',
          apiKeyAuthorizationMode: { expiresInDays: 30 },
        },
      }),
      storage: defineStorage({
        name: 'drive',
        access: (allow) => ({
          'public/*': [allow.guest.to(['read']), allow.authenticated.to(['read', 'write', 'delete'])],
          'own/{entity_id}/*': [allow.entity('identity').to(['read', 'write', 'delete'])],
        }),
      }),
    }),
    ...options,
  })

export interface Outputs {
  auth: {
    user_pool_id: string
    user_pool_client_id: string
    identity_pool_id: string
    aws_region: string
  }
  data: { url: string; api_key: string; aws_region: string; model_introspection: unknown }
  storage: { bucket_name: string; aws_region: string }
}

export const outputsOf = (sandbox: Sandbox) => sandbox.outputs as unknown as Outputs

export const PASSWORD = 'Correct-horse-1'
