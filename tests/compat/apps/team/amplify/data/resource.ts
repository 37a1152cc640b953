import { type ClientSchema, a, defineData } from '@aws-amplify/backend';

const schema = a
  .schema({
    Privacy: a.enum(['PRIVATE', 'FRIENDS_ONLY', 'PUBLIC']),
    Location: a.customType({ lat: a.float().required(), long: a.float().required() }),
    Todo: a
      .model({ content: a.string(), isDone: a.boolean().default(false), owner: a.string() })
      .authorization((allow) => [allow.owner()]),
    Post: a
      .model({
        title: a.string().required(),
        body: a.string(),
        status: a.enum(['draft', 'published']),
        privacy: a.ref('Privacy'),
        location: a.ref('Location'),
        where: a.customType({ street: a.string(), number: a.integer() }),
        tags: a.string().array(),
        rating: a.integer(),
        meta: a.json(),
        comments: a.hasMany('Comment', 'postId'),
        cover: a.hasOne('Cover', 'postId'),
        secret: a.string().authorization((allow) => [allow.groups(['ADMINS'])]),
      })
      .secondaryIndexes((index) => [
        index('status').sortKeys(['rating']).queryField('postsByStatus'),
        index('title'),
      ])
      .authorization((allow) => [allow.guest().to(['read']), allow.authenticated().to(['create', 'read', 'update', 'delete']), allow.group('ADMINS'), allow.publicApiKey().to(['read'])]),
    Comment: a
      .model({
        text: a.string().required(),
        postId: a.id(),
        post: a.belongsTo('Post', 'postId'),
      })
      .authorization((allow) => [allow.authenticated(), allow.guest(), allow.publicApiKey()]),
    Cover: a
      .model({ url: a.url(), postId: a.id(), post: a.belongsTo('Post', 'postId') }),
    StoreBranch: a
      .model({
        tenantId: a.id().required(),
        name: a.string().required(),
        address: a.string(),
        openOn: a.date(),
        at: a.datetime(),
        t: a.time(),
        ts: a.timestamp(),
        phone: a.phone(),
        mail: a.email(),
        ip: a.ipAddress(),
        country: a.string(),
      })
      .identifier(['tenantId', 'name'])
      .secondaryIndexes((index) => [index('country').sortKeys(['tenantId', 'name'])])
      .authorization((allow) => [allow.publicApiKey()]),
    Audit: a.model({ what: a.string() }).authorization((allow) => [allow.group('ADMINS')]),
    Doc: a.model({ text: a.string(), editors: a.string().array(), group: a.string() }).authorization((allow) => [allow.ownersDefinedIn('editors'), allow.groupDefinedIn('group')]),
    Message: a.model({ text: a.string() }).disableOperations(['update']).authorization((allow) => [allow.guest(), allow.authenticated('identityPool')]),
  })
  .authorization((allow) => [allow.authenticated()]);

export type Schema = ClientSchema<typeof schema>;
export const data = defineData({
  schema,
  authorizationModes: { defaultAuthorizationMode: 'userPool', apiKeyAuthorizationMode: { expiresInDays: 7 } },
});
