// Lines that must compile, and lines that must not, about the types of an SQL schema.

import type { Client } from './index.js'
import type { Schema } from './sql.types.fixture.js'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const same = <A, B>(_is: Same<A, B>) => undefined

same<Schema['Post']['identifier']['id'], number>(true)
same<Schema['Post']['type']['title'], string>(true)
same<Schema['Post']['type']['author_id'], number | null | undefined>(true)
same<'createdAt' extends keyof Schema['Post']['type'] ? true : false, false>(true)
// The database makes up the key.
export const created: Schema['Post']['createType'] = { title: 'a' }
export const updated: Schema['Post']['updateType'] = { id: 1, title: 'b' }
// @ts-expect-error the key is a number
export const textual: Schema['Post']['deleteType'] = { id: '1' }
// @ts-expect-error the key is missing
export const keyless: Schema['Post']['updateType'] = { title: 'b' }
// @ts-expect-error nothing makes up this key
export const author: Schema['Author']['createType'] = { name: 'Ada' }
// @ts-expect-error it goes by its new name
export type Table = Schema['post']
same<Schema['Sum']['type']['of'], number | null | undefined>(true)
same<Schema['sum']['args']['of'], string | null | undefined>(true)
same<NonNullable<NonNullable<Schema['sum']['returnType']>[number]>['of'], number | null | undefined>(true)

declare const client: Client<Schema>
export async function calls() {
  const { data } = await client.models.Post.get({ id: 1 }, { selectionSet: ['title', 'author.name'] })
  const { data: posts } = await client.models.Author.list({ selectionSet: ['posts.title'] })
  const { data: sum } = await client.queries.sum({ of: 'a' })
  // @ts-expect-error disabled
  client.models.Author.delete
  // @ts-expect-error there is no such path
  await client.models.Post.list({ selectionSet: ['author.nmae'] })
  // @ts-expect-error a table has the columns it has
  await client.models.Post.list({ filter: { createdAt: { gt: '2026' } } })
  // @ts-expect-error a table has the columns it has
  data?.updatedAt
  const found: [string | undefined, string | undefined, number | null | undefined] = [
    data?.title,
    posts[0]?.posts[0]?.title,
    sum?.[0]?.of,
  ]
  return [...found, data?.author?.name]
}
