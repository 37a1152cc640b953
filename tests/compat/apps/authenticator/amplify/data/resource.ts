import { type ClientSchema, a, defineData } from '@aws-amplify/backend'

const aiModel = a.ai.model('Claude 3.5 Haiku')

const schema = a.schema({
  chat: a
    .conversation({ aiModel, systemPrompt: 'You are a helpful assistant' })
    .authorization((allow) => allow.owner()),
  describe: a
    .generation({ aiModel, systemPrompt: 'Describe what is sold' })
    .arguments({ sku: a.string().required() })
    .returns(a.customType({ title: a.string(), bullets: a.string().array() }))
    .authorization((allow) => allow.authenticated()),
})

export type Schema = ClientSchema<typeof schema>

export const data = defineData({
  schema,
  authorizationModes: { defaultAuthorizationMode: 'userPool' },
})
