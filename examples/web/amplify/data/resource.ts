import { defineData } from 'backline/backend'
import { a, type ClientSchema } from 'backline/schema'

const schema = a.schema({
  Todo: a
    .model({ content: a.string().required(), done: a.boolean().default(false) })
    .authorization((allow) => [allow.authenticated()]),
})

export type Schema = ClientSchema<typeof schema>

export const data = defineData({ schema, authorizationModes: { defaultAuthorizationMode: 'userPool' } })
