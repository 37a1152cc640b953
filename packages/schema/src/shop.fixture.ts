// A reference schema: one app that uses every part of the builder which ends up in the GraphQL API. What the official tools
// make of it lies beside it (@aws-amplify/data-schema 1.26.2, @aws-amplify/graphql-generator 0.5.4): `shop.sdl.txt` and
// `shop.transform.json` of `transform()`, `shop.introspection.json`, and `shop.appsync.txt`, the schema that AppSync serves
// (without the routes of AI).

import { a } from './a.js'

export const schema = a.schema({
  OrderStatus: a.enum(['DRAFT', 'PAID', 'SHIPPED']),
  Address: a.customType({
    street: a.string().required(),
    city: a.string(),
    zip: a.string().array(),
    kind: a.enum(['HOME', 'WORK']),
  }),

  Customer: a
    .model({
      customerId: a.id().required(),
      name: a.string().required(),
      email: a.email(),
      phone: a.phone(),
      site: a.url(),
      lastIp: a.ipAddress(),
      born: a.date(),
      wakesAt: a.time(),
      joinedAt: a.datetime(),
      seenAt: a.timestamp(),
      score: a.float().default(1.5),
      visits: a.integer().default(0),
      vip: a.boolean(),
      tags: a.string().array(),
      requiredTags: a.string().required().array().required(),
      profile: a.json(),
      address: a.ref('Address'),
      home: a.customType({ lat: a.float().required(), long: a.float().required() }),
      level: a.enum(['BRONZE', 'SILVER', 'GOLD']),
      representativeId: a.id(),
      representative: a.belongsTo('Employee', 'representativeId'),
      orders: a.hasMany('Order', 'customerId'),
      cart: a.hasOne('Cart', 'customerId'),
    })
    .identifier(['customerId'])
    .secondaryIndexes((index) => [
      index('representativeId'),
      index('level').sortKeys(['joinedAt']),
      index('email').sortKeys(['name', 'joinedAt']).queryField('customersByEmail').name('byEmailIndex'),
    ])
    .authorization((allow) => [allow.owner(), allow.publicApiKey().to(['read']), allow.group('Admin')]),

  Employee: a
    .model({
      name: a.string().required(),
      salary: a.float().authorization((allow) => [allow.group('Admin')]),
      customers: a.hasMany('Customer', 'representativeId'),
      managedOrders: a.hasMany('Order', 'managerId'),
      packedOrders: a.hasMany('Order', 'packerId'),
    })
    .authorization((allow) => [allow.authenticated(), allow.guest().to(['read'])]),

  Cart: a
    .model({ customerId: a.id(), customer: a.belongsTo('Customer', 'customerId'), items: a.string().array() })
    .authorization((allow) => [allow.ownerDefinedIn('shopper')]),

  Order: a
    .model({
      region: a.string().required(),
      number: a.integer().required(),
      status: a.ref('OrderStatus').required(),
      history: a.ref('OrderStatus').array(),
      shipTo: a.ref('Address').required(),
      customerId: a.id(),
      customer: a.belongsTo('Customer', 'customerId'),
      managerId: a.id(),
      manager: a.belongsTo('Employee', 'managerId'),
      packerId: a.id(),
      packer: a.belongsTo('Employee', 'packerId'),
      lines: a.hasMany('OrderLine', ['orderRegion', 'orderNumber']),
      editors: a.string().array(),
      groups: a.string().array(),
      team: a.string(),
    })
    .identifier(['region', 'number'])
    .authorization((allow) => [
      allow.ownersDefinedIn('editors').to(['read', 'update']),
      allow.groupsDefinedIn('groups'),
      allow.groupDefinedIn('team').to(['read']),
      allow.authenticated('identityPool').to(['read']),
      allow.custom(),
    ]),

  OrderLine: a
    .model({
      orderRegion: a.string().required(),
      orderNumber: a.integer().required(),
      order: a.belongsTo('Order', ['orderRegion', 'orderNumber']),
      sku: a.string().required(),
      quantity: a.integer().required(),
    })
    .disableOperations(['subscriptions', 'delete'])
    .authorization((allow) => [allow.publicApiKey()]),

  Receipt: a.customType({
    orderNumber: a.integer(),
    total: a.float().required(),
    status: a.ref('OrderStatus'),
  }),

  totalFor: a
    .query()
    .arguments({ region: a.string().required(), numbers: a.integer().array(), status: a.ref('OrderStatus') })
    .returns(a.ref('Receipt').array())
    .handler(a.handler.function('totalFor'))
    .authorization((allow) => [allow.authenticated(), allow.publicApiKey()]),

  announce: a
    .mutation()
    .arguments({ channel: a.string().required(), body: a.json() })
    .returns(a.customType({ channel: a.string().required(), body: a.json() }))
    .handler(a.handler.custom({ entry: './announce.js' }))
    .authorization((allow) => [allow.publicApiKey()]),

  onAnnounced: a
    .subscription()
    .for(a.ref('announce'))
    .arguments({ channel: a.string() })
    .handler(a.handler.custom({ entry: './onAnnounced.js' }))
    .authorization((allow) => [allow.publicApiKey()]),

  onOrderSaved: a
    .subscription()
    .for([a.ref('Order').mutations(['create', 'update'])])
    .handler(a.handler.custom({ entry: './onOrderSaved.js' }))
    .authorization((allow) => [allow.publicApiKey()]),

  sendReport: a
    .mutation()
    .arguments({ to: a.email().required() })
    .handler(a.handler.function('sendReport').async())
    .authorization((allow) => [allow.group('Admin')]),

  chat: a
    .conversation({
      aiModel: a.ai.model('Claude 3.5 Haiku'),
      systemPrompt: 'You help customers.',
      tools: [
        a.ai.dataTool({
          name: 'orders',
          description: 'Finds orders',
          model: a.ref('Order'),
          modelOperation: 'list',
        }),
      ],
    })
    .authorization((allow) => allow.owner()),

  describe: a
    .generation({
      aiModel: a.ai.model('Claude 3.5 Haiku'),
      systemPrompt: 'Describe a product.',
      inferenceConfiguration: { temperature: 0.2, topP: 0.5, maxTokens: 500 },
    })
    .arguments({ sku: a.string().required() })
    .returns(a.customType({ title: a.string(), bullets: a.string().array() }))
    .authorization((allow) => allow.authenticated()),
})
