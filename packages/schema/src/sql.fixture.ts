// A schema of an SQL database.

import { a } from './a.js'
import { configure } from './sql.js'

export interface Builder {
  a: typeof a
  configure: typeof configure
}

export const database = {
  engine: 'postgresql',
  identifier: 'shop',
  connectionUri: 'from a secret' as never,
} as const

/** Steps in an order that both builders know. */
export function build({ a, configure }: Builder) {
  return configure({ database })
    .schema({
      post: a
        .model({
          id: a.integer().required().default(),
          title: a.string().required(),
          author_id: a.integer(),
          owner: a.string(),
        })
        .identifier(['id']),
      author: a
        .model({ id: a.integer().required(), name: a.string() })
        .identifier(['id'])
        .disableOperations(['delete']),
    })
    .renameModels(() => [
      ['post', 'Post'],
      ['author', 'Author'],
    ])
    .setRelationships((models) => [
      models.Post.relationships({ author: a.belongsTo('Author', 'author_id') }),
      models.Author.relationships({ posts: a.hasMany('Post', 'author_id') }),
    ])
    .setAuthorization((models, schema) => [
      models.Post.authorization((allow) => [allow.owner()]),
      models.Post.fields.title.authorization((allow) => [allow.owner(), allow.publicApiKey().to(['read'])]),
      schema.authorization((allow) => [allow.publicApiKey()]),
    ])
    .addToSchema({ Sum: a.customType({ of: a.integer() }) })
    .addQueries({
      sum: a
        .query()
        .arguments({ of: a.string() })
        .returns(a.ref('Sum').array())
        .handler(a.handler.inlineSql('SELECT count(*) AS "of" FROM post WHERE title = :of'))
        .authorization((allow) => [allow.authenticated()]),
      file: a
        .query()
        .returns(a.ref('Sum'))
        .handler(a.handler.sqlReference('./sum.sql'))
        .authorization((allow) => [allow.guest()]),
    })
}

export const schema = build({ a, configure })
