// Schemas of other parts than the shop's, each for either builder: `check:official` holds what becomes of them against one another.

/** By a name; `given` is what the text may use: `a`, and functions by name. */
export const schemas = {
  blog: `a.schema({
  Kind: a.enum(['LONG', 'SHORT']),
  Place: a.customType({ street: a.string().required(), at: a.customType({ lat: a.float(), kind: a.enum(['HOME', 'WORK']) }) }),
  Author: a
    .model({ name: a.string().required().validate((value) => value.minLength(2)), posts: a.hasMany('Post', ['authorId']), address: a.ref('Place') })
    .authorization((allow) => [allow.ownerDefinedIn('account').identityClaim('sub'), allow.groups(['Admin']).to(['read'])]),
  Post: a
    .model({
      title: a.string().required(),
      kind: a.ref('Kind'),
      rank: a.integer().default(1),
      authorId: a.id().required(),
      author: a.belongsTo('Author', ['authorId']),
      replyToId: a.id(),
      replyTo: a.belongsTo('Post', 'replyToId'),
      replies: a.hasMany('Post', 'replyToId'),
    })
    .secondaryIndexes((index) => [index('kind').sortKeys(['rank']), index('title').projection('KEYS_ONLY').queryField('postsByTitle')])
    .disableOperations(['onDelete', 'update']),
  draw: a
    .query()
    .arguments({ where: a.ref('Place').required(), pen: a.customType({ width: a.integer() }), mood: a.enum(['GOOD', 'BAD']) })
    .returns(a.ref('Place').array())
    .handler(a.handler.function('totalFor'))
    .authorization((allow) => [allow.authenticated(), allow.group('Admin')]),
  say: a
    .mutation()
    .arguments({ text: a.string().required() })
    .returns(a.ref('Post'))
    .handler([a.handler.custom({ dataSource: a.ref('Post'), entry: './resolver.js' }), a.handler.custom({ entry: './resolver.js' })])
    .authorization((allow) => [allow.publicApiKey()]),
  heard: a
    .subscription()
    .for(a.ref('say'))
    .handler(a.handler.custom({ entry: './resolver.js' }))
    .authorization((allow) => [allow.publicApiKey()]),
}).authorization((allow) => [allow.owner(), allow.publicApiKey().to(['read'])])`,

  // Identifiers of one to three fields, of every type that may be one, with relations across them, to oneself and twice to one model.
  keys: `a.schema({
  Tenant: a.model({ code: a.string().required(), name: a.string(), members: a.hasMany('Member', 'tenantCode'), home: a.hasOne('Site', 'tenantCode') }).identifier(['code']),
  Site: a.model({ tenantCode: a.string().required(), tenant: a.belongsTo('Tenant', 'tenantCode'), host: a.url() }),
  Member: a
    .model({
      tenantCode: a.string().required(),
      number: a.integer().required(),
      joined: a.datetime().required(),
      tenant: a.belongsTo('Tenant', 'tenantCode'),
      written: a.hasMany('Letter', ['fromTenant', 'fromNumber', 'fromJoined']),
      received: a.hasMany('Letter', ['toTenant', 'toNumber', 'toJoined']),
      badge: a.hasOne('Badge', ['memberTenant', 'memberNumber', 'memberJoined']),
      bossTenant: a.string(), bossNumber: a.integer(), bossJoined: a.datetime(),
      boss: a.belongsTo('Member', ['bossTenant', 'bossNumber', 'bossJoined']),
      reports: a.hasMany('Member', ['bossTenant', 'bossNumber', 'bossJoined']),
    })
    .identifier(['tenantCode', 'number', 'joined']),
  Badge: a
    .model({ memberTenant: a.string().required(), memberNumber: a.integer().required(), memberJoined: a.datetime().required(), colour: a.enum(['RED', 'BLUE']),
      member: a.belongsTo('Member', ['memberTenant', 'memberNumber', 'memberJoined']) })
    .identifier(['memberTenant', 'memberNumber', 'memberJoined']),
  Letter: a.model({
    fromTenant: a.string(), fromNumber: a.integer(), fromJoined: a.datetime(), from: a.belongsTo('Member', ['fromTenant', 'fromNumber', 'fromJoined']),
    toTenant: a.string().required(), toNumber: a.integer().required(), toJoined: a.datetime().required(), to: a.belongsTo('Member', ['toTenant', 'toNumber', 'toJoined']),
  }),
  Reading: a.model({ sensor: a.id().required(), at: a.timestamp().required(), value: a.float().required() }).identifier(['sensor', 'at']),
  Rate: a.model({ ratio: a.float().required(), day: a.date().required(), text: a.string() }).identifier(['ratio', 'day']),
  Mail: a.model({ to: a.email().required(), phone: a.phone().required(), site: a.url().required(), ip: a.ipAddress() }).identifier(['to', 'phone', 'site']),
}).authorization((allow) => [allow.publicApiKey()])`,

  indexes: `a.schema({
  State: a.enum(['OPEN', 'DONE']),
  Ticket: a
    .model({ state: a.ref('State'), title: a.string().required(), rank: a.integer(), weight: a.float(), due: a.date(), at: a.datetime(), seen: a.timestamp(), who: a.id(), mail: a.email(), tags: a.string().array(), open: a.boolean() })
    .secondaryIndexes((index) => [
      index('state').sortKeys(['due', 'rank']).queryField('byState'),
      index('state').sortKeys(['title']).name('stateTitle'),
      index('who').sortKeys(['at']),
      index('who').sortKeys(['seen']).queryField('seenBy'),
      index('mail'),
      index('rank').sortKeys(['weight']),
      index('due').sortKeys(['mail', 'title', 'seen']).queryField('dueOf').name('due3'),
      index('title').queryField(null),
    ]),
  Person: a.model({ name: a.string().required(), age: a.integer() }).secondaryIndexes((index) => [index('name').sortKeys(['age'])]),
  Child: a.model({ parent: a.string().required(), name: a.string().required() }).identifier(['parent', 'name']).secondaryIndexes((index) => [index('name').sortKeys(['parent'])]),
}).authorization((allow) => [allow.publicApiKey()])`,

  // Every strategy on models and fields, with claims, providers and operations.
  rules: `a.schema({
  Everyone: a.model({ a: a.string() }).authorization((allow) => [allow.publicApiKey().to(['read']), allow.guest().to(['get', 'listen']), allow.authenticated('identityPool').to(['list', 'create'])]),
  Own: a.model({ a: a.string(), b: a.string().authorization((allow) => [allow.owner().to(['read', 'update'])]), owner: a.string().authorization((allow) => [allow.owner().to(['read', 'delete'])]) }).authorization((allow) => [allow.owner()]),
  Named: a.model({ author: a.string(), editors: a.string().array(), a: a.string() }).authorization((allow) => [allow.ownerDefinedIn('author'), allow.ownersDefinedIn('editors').to(['read', 'update']), allow.ownerDefinedIn('reader').identityClaim('custom:reader').to(['read'])]),
  Grouped: a.model({ team: a.string(), teams: a.string().array(), secret: a.string().authorization((allow) => [allow.group('Admin')]) }).authorization((allow) => [allow.groupDefinedIn('team'), allow.groupsDefinedIn('teams').to(['read']), allow.groups(['Admin', 'Staff']).to(['create', 'delete']), allow.group('Guests').to(['listen'])]),
  Signed: a.model({ a: a.string() }).authorization((allow) => [allow.authenticated().to(['read', 'create'])]),
  Judged: a.model({ a: a.string(), b: a.integer().authorization((allow) => [allow.custom().to(['read'])]) }).authorization((allow) => [allow.custom()]),
  Mixed: a
    .model({ a: a.string(), kind: a.enum(['X', 'Y']), at: a.customType({ lat: a.float() }), parts: a.hasMany('Part', 'mixedId') })
    .authorization((allow) => [allow.owner(), allow.publicApiKey().to(['read']), allow.guest().to(['read']), allow.custom().to(['read']), allow.group('Admin')]),
  Part: a.model({ mixedId: a.id(), mixed: a.belongsTo('Mixed', 'mixedId'), a: a.string() }).authorization((allow) => [allow.authenticated()]),
  Usual: a.model({ a: a.string() }),
}).authorization((allow) => [allow.group('Admin'), allow.owner().to(['read'])])`,

  // Types in types, in lists, as arguments and as answers.
  values: `a.schema({
  Colour: a.enum(['RED', 'BLUE']),
  Corner: a.customType({ x: a.float().required(), colour: a.ref('Colour').required(), tags: a.string().required().array().required() }),
  Shape: a.customType({ corners: a.ref('Corner').required().array().required(), style: a.customType({ line: a.enum(['THIN', 'THICK']), deep: a.customType({ deeper: a.customType({ at: a.timestamp().required(), ip: a.ipAddress() }) }) }), palette: a.ref('Colour').array() }),
  Drawing: a.model({
    main: a.ref('Shape').required(), shapes: a.ref('Shape').array(), frames: a.ref('Shape').required().array().required(), colours: a.ref('Colour').array(), colour: a.ref('Colour').required(),
    inline: a.customType({ colour: a.ref('Colour'), mood: a.enum(['UP', 'DOWN']), list: a.integer().array() }),
    json: a.json(), jsons: a.json().array(), date: a.date().array(), time: a.time(), phone: a.phone().array(), ids: a.id().array(), on: a.boolean().required().default(true), n: a.float().default(0.5), word: a.string().default('a b'),
  }),
  paint: a
    .mutation()
    .arguments({ shape: a.ref('Shape').required(), more: a.ref('Corner').array(), colours: a.ref('Colour').array(), how: a.customType({ brush: a.enum(['WIDE', 'FINE']), at: a.ref('Corner') }), when: a.datetime().required(), tries: a.integer() })
    .returns(a.ref('Drawing').array())
    .handler(a.handler.function('totalFor')),
  tell: a.query().arguments({ colour: a.enum(['GREEN', 'GREY']) }).returns(a.customType({ shape: a.ref('Shape'), at: a.customType({ n: a.integer(), tone: a.enum(['HIGH', 'LOW']) }) })).handler(a.handler.custom({ entry: './resolver.js' })),
  count: a.query().returns(a.integer().required().array()).handler(a.handler.custom({ entry: './resolver.js' })),
  pick: a.query().returns(a.ref('Colour')).handler(a.handler.function('totalFor')),
  later: a.mutation().arguments({ shape: a.ref('Shape') }).handler(a.handler.function('sendReport').async()),
}).authorization((allow) => [allow.publicApiKey(), allow.authenticated()])`,

  operations: `a.schema({
  Said: a.customType({ text: a.string(), room: a.string() }),
  Note: a.model({ text: a.string(), n: a.integer() }).disableOperations(['subscriptions']),
  Quiet: a.model({ text: a.string() }).disableOperations(['mutations']),
  Written: a.model({ text: a.string() }).disableOperations(['list', 'delete', 'onUpdate']),
  say: a.mutation().arguments({ text: a.string(), room: a.string() }).returns(a.ref('Said')).handler(a.handler.custom({ entry: './resolver.js' })).authorization((allow) => [allow.publicApiKey(), allow.group('Admin')]),
  shout: a.mutation().returns(a.ref('Said')).handler(a.handler.function('totalFor')).authorization((allow) => [allow.authenticated(), allow.custom()]),
  heard: a.subscription().for([a.ref('say'), a.ref('shout')]).arguments({ room: a.string().required() }).handler(a.handler.custom({ entry: './resolver.js' })).authorization((allow) => [allow.publicApiKey()]),
  saved: a.subscription().for(a.ref('Written').mutations(['create', 'update'])).handler(a.handler.custom({ entry: './resolver.js' })).authorization((allow) => [allow.authenticated()]),
  noted: a.subscription().for([a.ref('Note').mutations(['create']), a.ref('Note').mutations(['delete'])]).handler(a.handler.custom({ entry: './resolver.js' })).authorization((allow) => [allow.group('Admin')]),
  ask: a.query().returns(a.ref('Note')).handler([a.handler.function('totalFor'), a.handler.function('sendReport')]).authorization((allow) => [allow.guest(), allow.authenticated('identityPool'), allow.custom()]),
}).authorization((allow) => [allow.publicApiKey()])`,

  // Names that need a plural of their own, that begin small, end in s, or come near those that are made.
  plurals: `a.schema({
  Person: a.model({ a: a.id() }), Child: a.model({ a: a.id() }), Sheep: a.model({ a: a.id() }), Box: a.model({ a: a.id() }), City: a.model({ a: a.id() }), Bus: a.model({ a: a.id() }), Data: a.model({ a: a.id() }), News: a.model({ a: a.id() }), Status: a.model({ a: a.id() }), Quiz: a.model({ a: a.id() }), Analysis: a.model({ a: a.id() }), Hero: a.model({ a: a.id() }), Leaf: a.model({ a: a.id() }), UserMetadata: a.model({ a: a.id() }), API: a.model({ a: a.id() }), Item2: a.model({ a: a.id() }), todo: a.model({ a: a.id() }), snake_case: a.model({ a: a.id() }), Equipment: a.model({ a: a.id(), kind: a.string() }).secondaryIndexes((index) => [index('kind')]),
  Todo_: a.model({ type: a.string(), query: a.string(), input: a.string(), filter: a.string(), items: a.string().array(), nextToken: a.string() }),
}).authorization((allow) => [allow.publicApiKey()])`,

  combined: `a.combine([
  a.schema({ First: a.model({ a: a.string(), kind: a.enum(['A', 'B']) }), one: a.query().returns(a.string()).handler(a.handler.function('totalFor')) }).authorization((allow) => [allow.publicApiKey()]),
  a.schema({ Second: a.model({ b: a.ref('Value') }), Value: a.customType({ n: a.integer() }), two: a.query().returns(a.ref('Value')).handler(a.handler.function('totalFor')).authorization((allow) => [allow.authenticated()]) }).authorization((allow) => [allow.owner()]),
])`,
}
