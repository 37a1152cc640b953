// A file of its own, since the index leads to it: an app's bundler would load all of `rows` with it, at once and with everything. `rows`
// names the symbol for itself, since what both took would be a chunk.

/** Where it is kept on the list. */
const next = /* @__PURE__ */ Symbol.for('backline.nextToken')

/**
 * Where a list of related rows, as a selection set reads it, goes on; undefined where it is complete.
 *
 * @example
 * const { data: post } = await client.models.Post.get({ id }, { selectionSet: ['comments.*'] })
 * const nextToken = nextTokenOf(post.comments)
 * if (nextToken) await client.models.Post.get({ id }, { selectionSet: ['comments.*'], relations: { comments: { nextToken } } })
 */
export function nextTokenOf(rows: readonly unknown[] | null | undefined): string | undefined {
  return (rows as { [next]?: string } | null | undefined)?.[next]
}
