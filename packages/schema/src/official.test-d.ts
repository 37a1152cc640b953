// `Client<Schema>` with a schema of the official builder. Same file, same calls, other import.

import { a, type ClientSchema } from '@aws-amplify/data-schema'
import type { Client, SelectionSet } from './index.js'

const schema = a
  .schema({
    Kind: a.enum(['RED', 'BLUE']),
    Place: a.customType({ street: a.string().required(), city: a.string() }),
    Post: a
      .model({
        title: a.string().required(),
        likes: a.integer(),
        pinned: a.boolean(),
        kind: a.ref('Kind'),
        at: a.ref('Place'),
        authorId: a.id(),
        author: a.belongsTo('Author', 'authorId'),
      })
      .secondaryIndexes((index) => [index('title').queryField('postsByTitle')]),
    Author: a
      .model({ name: a.string().required(), posts: a.hasMany('Post', 'authorId') })
      .disableOperations(['delete']),
  })
  .authorization((allow) => [allow.owner()])
type Schema = ClientSchema<typeof schema>

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const same = <A, B>(_is: Same<A, B>) => undefined

declare const client: Client<Schema>
const { Post, Author } = client.models

export async function use() {
  const created = await Post.create({ title: 'a', likes: null })
  same<NonNullable<typeof created.data>['likes'], number | null>(true)
  // @ts-expect-error the title is missing
  await Post.create({ likes: 1 })
  const listed = await Post.list({
    filter: {
      title: { beginsWith: 'a' },
      likes: { gt: 1 },
      pinned: { eq: true },
      or: [{ owner: { eq: 'x' } }],
    },
    selectionSet: ['title', 'at.city', 'author.name', 'author.posts.*'],
  })
  const row = listed.data[0]!
  same<typeof row.title, string>(true)
  const name: string | undefined = row.author?.name
  const likes: number | null | undefined = row.author?.posts[0]?.likes
  const city: string | null | undefined = row.at?.city
  const named: SelectionSet<Schema['Post']['type'], ['title', 'at.city', 'author.name']> = row
  same<typeof named.title, string>(true)
  // @ts-expect-error there is no such path
  await Post.list({ selectionSet: ['author.nmae'] })
  // @ts-expect-error a relation is read by its fields
  await Post.list({ selectionSet: ['author'] })
  const author = await created.data?.author()
  await Post.postsByTitle({ title: 'a' }, { sortDirection: 'ASC' })
  Post.observeQuery().subscribe(({ items }) => items[0]?.title)
  Post.onCreate({ filter: { title: { in: ['a'] } } }).subscribe(({ title }) => title)
  same<ReturnType<typeof client.enums.Kind.values>, ('RED' | 'BLUE')[]>(true)
  // @ts-expect-error disabled
  Author.delete
  // A row that a call gave back is a row of the schema.
  const kept: Schema['Post']['type'] | null = created.data
  return [name, likes, city, author?.data?.name, kept]
}
