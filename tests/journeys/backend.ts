// The backend that every journey plays on.
import { defineAuth, defineBackend, defineData, defineLocal, defineStorage } from 'backline/backend'
import { a, type ClientSchema } from 'backline/schema'

const schema = a.schema({
  Priority: a.enum(['LOW', 'HIGH']),
  Place: a.customType({ city: a.string().required(), floor: a.integer() }),
  List: a
    .model({ name: a.string().required(), todos: a.hasMany('Todo', 'listId') })
    .authorization((allow) => [allow.authenticated()]),
  Todo: a
    .model({
      content: a.string().required(),
      done: a.boolean().default(false),
      priority: a.ref('Priority'),
      rank: a.integer(),
      tags: a.string().array(),
      place: a.ref('Place'),
      dueAt: a.datetime(),
      listId: a.id(),
      list: a.belongsTo('List', 'listId'),
    })
    .authorization((allow) => [allow.authenticated()]),
  Note: a.model({ text: a.string().required() }).authorization((allow) => [allow.owner()]),
  Post: a.model({ title: a.string().required() }).authorization((allow) => [allow.publicApiKey()]),
})

export type Schema = ClientSchema<typeof schema>

export const backend = defineBackend({
  auth: defineAuth({ loginWith: { email: true } }),
  data: defineData({
    schema,
    authorizationModes: {
      defaultAuthorizationMode: 'userPool',
      apiKeyAuthorizationMode: { expiresInDays: 30 },
    },
  }),
  storage: defineStorage({
    name: 'files',
    access: (allow) => ({
      'shared/*': [allow.authenticated.to(['read', 'write', 'delete']), allow.guest.to(['read'])],
      'private/{entity_id}/*': [allow.entity('identity').to(['read', 'write', 'delete'])],
    }),
  }),
  local: defineLocal({
    kinesis: { streams: [{ name: 'clicks' }] },
    firehose: { streams: [{ name: 'archive' }] },
    personalize: { trackingId: 'tracker' },
    pinpoint: {
      appId: 'app',
      messages: [
        {
          CampaignId: 'offer',
          InAppMessage: { Layout: 'MODAL', Content: [{ HeaderConfig: { Header: 'Half off' } }] },
          Schedule: { EventFilter: { Dimensions: { EventType: { Values: ['opened'] } } } },
        },
      ],
    },
    geo: {
      maps: [{ name: 'world' }],
      placeIndexes: [{ name: 'towns' }],
      geofenceCollections: [{ name: 'fences' }],
    },
    lex: {
      bots: [
        {
          name: 'Florist',
          intents: [
            {
              name: 'Order',
              sampleUtterances: ['order flowers'],
              slots: [{ name: 'Count', type: 'AMAZON.Number', prompt: 'How many?' }],
              closing: '{Count} flowers.',
              fulfillment: () => ({}),
            },
          ],
        },
      ],
    },
  }),
})
