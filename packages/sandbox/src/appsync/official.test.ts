import { a } from '@aws-amplify/data-schema'
import { Amplify } from 'aws-amplify'
import { generateClient } from 'aws-amplify/data'
import { afterEach, beforeEach, expect, test } from 'vitest'
import WebSocket from 'ws'
import { openStage, type Stage } from './stage.fixture.js'

// The official client and the official schema builder, unmodified, on this service. The client forces `wss://`; the only help it gets
// is a WebSocket that takes the `s` away again.

const schema = a.schema({
  Level: a.enum(['LOW', 'HIGH']),
  Place: a.customType({ street: a.string().required(), kind: a.enum(['HOME', 'WORK']) }),
  Post: a
    .model({
      title: a.string().required(),
      level: a.ref('Level'),
      place: a.ref('Place'),
      score: a.float().default(1.5),
      meta: a.json(),
      comments: a.hasMany('Comment', 'postId'),
    })
    .secondaryIndexes((index) => [index('level').sortKeys(['title'])]),
  Comment: a.model({ text: a.string(), postId: a.id(), post: a.belongsTo('Post', 'postId') }),
})
const guarded = schema.authorization((allow) => [allow.publicApiKey()])

class PlainWebSocket extends WebSocket {
  constructor(address: string | URL, protocols?: string | string[]) {
    super(String(address).replace(/^wss:/, 'ws:'), protocols)
  }
}

let stage: Stage
let native: unknown
beforeEach(async () => {
  stage = await openStage(guarded)
  native = globalThis.WebSocket
  Object.assign(globalThis, { WebSocket: PlainWebSocket })
  // Without the auth section: that client would ask AWS for a guest's keys before each call.
  const { version, data } = stage.sandbox.outputs
  Amplify.configure({ version, data } as Parameters<typeof Amplify.configure>[0])
})
afterEach(async () => {
  await stage.sandbox.stop()
  Object.assign(globalThis, { WebSocket: native })
})

test('the official client does its work on an official schema', async () => {
  const client = generateClient<any>() as any
  const made = await client.models.Post.create({
    title: 'Hello',
    level: 'HIGH',
    place: { street: 'Main', kind: 'HOME' },
    meta: JSON.stringify({ a: 1 }),
  })
  expect(made.errors).toBeUndefined()
  expect(made.data).toMatchObject({
    title: 'Hello',
    level: 'HIGH',
    score: 1.5,
    place: { street: 'Main', kind: 'HOME' },
    meta: '{"a":1}',
  })
  for (const text of ['one', 'two', 'three'])
    await client.models.Comment.create({ text, postId: made.data.id })

  const lazy = await made.data.comments({ limit: 2 })
  expect(lazy.data).toHaveLength(2)
  expect(lazy.nextToken).toEqual(expect.any(String))
  const eager = await client.models.Post.get(
    { id: made.data.id },
    { selectionSet: ['title', 'comments.text', 'comments.post.title'] },
  )
  expect(eager.data.comments).toContainEqual({ text: 'two', post: { title: 'Hello' } })

  const indexed = await client.models.Post.listPostByLevelAndTitle({
    level: 'HIGH',
    title: { beginsWith: 'He' },
  })
  expect(indexed.data.map((post: { title: string }) => post.title)).toEqual(['Hello'])
  const filtered = await client.models.Comment.list({ filter: { text: { contains: 't' } } })
  expect(filtered.data).toHaveLength(2)
  const updated = await client.models.Post.update({ id: made.data.id, title: 'Bye' })
  expect(updated.data.title).toBe('Bye')
  const absent = await client.models.Post.update({ id: 'none', title: 'x' })
  expect(absent.errors[0].errorType).toBe('DynamoDB:ConditionalCheckFailedException')
  expect((await client.models.Post.delete({ id: made.data.id })).data.title).toBe('Bye')
  expect((await client.models.Post.list()).data).toEqual([])
})

test('the official client hears of new rows, and observes a query', async () => {
  const client = generateClient<any>() as any
  await client.models.Post.create({ title: 'first' })
  const snapshots: string[][] = []
  const created: string[] = []
  const query = client.models.Post.observeQuery().subscribe({
    next: ({ items }: { items: { title: string }[] }) => snapshots.push(items.map((post) => post.title)),
  })
  const posts = client.models.Post.onCreate({ filter: { title: { beginsWith: 's' } } }).subscribe({
    next: ({ title }: { title: string }) => created.push(title),
  })
  await until(async () => {
    // The official client does not say when it is connected; so rows are made until one is heard.
    if (created.length === 0) await client.models.Post.create({ title: 'second' })
    return created.length > 0 && snapshots.at(-1)?.includes('second')
  })
  expect(created[0]).toBe('second')
  expect(snapshots.at(-1)?.[0]).toBe('first')
  query.unsubscribe()
  posts.unsubscribe()
})

async function until(holds: () => Promise<boolean | undefined>) {
  for (let i = 0; i < 100; i++) {
    if (await holds()) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('It did not come to pass within five seconds.')
}
