// The parts of a reference schema that this builder has: every scalar, key, index, relation and rule once.
// `shop.sdl.txt` and `shop.introspection.json` beside it hold what the official tools make of the same schema
// (@aws-amplify/data-schema 1.26.2, @aws-amplify/graphql-generator 0.5.4), without the custom operations.

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
})
