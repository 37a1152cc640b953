import { a, type ClientSchema, defineData } from 'backline/backend'

const schema = a.schema({
  Todo: a.model({ content: a.string().required() }).authorization((allow) => [allow.owner()]),
})

export type Schema = ClientSchema<typeof schema>
export const data = defineData({ schema, authorizationModes: { defaultAuthorizationMode: 'userPool' } })
