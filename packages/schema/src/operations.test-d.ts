// Types of custom operations and AI routes. Checked by the compiler; nothing runs.

import { a, type Client, type ClientSchema } from './index.js'
import type { Schema } from './shop.types.fixture.js'
import { schema as tables } from './sql.fixture.js'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const same = <A, B>(_is: Same<A, B>) => undefined

// ------------------------------------------------------------------------------------------------------------- arguments

same<Schema['totalFor']['args']['region'], string>(true)
same<Schema['totalFor']['args']['numbers'], (number | null)[] | null | undefined>(true)
same<Schema['totalFor']['args']['status'], 'DRAFT' | 'PAID' | 'SHIPPED' | null | undefined>(true)
same<Schema['onOrderSaved']['args'], never>(true)

// --------------------------------------------------------------------------------------------------------------- answers

declare const client: Client<Schema>
export async function calls() {
  const { data: totals } = await client.queries.totalFor({ region: 'eu', status: 'PAID' })
  same<
    typeof totals,
    | ({ total: number; orderNumber: number | null; status: 'DRAFT' | 'PAID' | 'SHIPPED' | null } | null)[]
    | null
  >(true)
  const total: number | undefined = totals?.[0]?.total
  // @ts-expect-error region is required
  await client.queries.totalFor({ status: 'PAID' })
  // @ts-expect-error no status
  await client.queries.totalFor({ region: 'eu', status: 'LOST' })
  // @ts-expect-error it is a query
  client.mutations.totalFor

  const announced = await client.mutations.announce(
    { channel: 'news', body: { a: 1 } },
    { authMode: 'apiKey' },
  )
  const channel: string | undefined = announced.data?.channel
  const sent = await client.mutations.sendReport({ to: 'ada@example.com' })
  const success: boolean | undefined = sent.data?.success

  client.subscriptions.onAnnounced({ channel: 'news' }).subscribe((event) => event.channel.length)
  client.subscriptions.onAnnounced().subscribe(({ body }) => body)
  client.subscriptions.onOrderSaved().subscribe(async (order) => {
    same<typeof order.number, number>(true)
    const { data: customer } = await order.customer()
    return customer?.name
  })

  const described = await client.generations.describe({ sku: 'a' })
  same<NonNullable<typeof described.data>['title'], string | null>(true)

  const { data: chat } = await client.conversations.chat.create({ name: 'Help' })
  await chat?.sendMessage('Hello')
  await chat?.sendMessage({ content: [{ text: 'Hello' }], aiContext: { page: 1 } })
  const image = { format: 'png', source: { bytes: new Uint8Array() } } as const
  await chat?.sendMessage({ content: [{ image }] })
  // @ts-expect-error one block is one thing
  await chat?.sendMessage({ content: [{ text: 'Hello', image }] })
  chat?.onStreamEvent({ next: ({ text }) => text, error: ({ errors }) => errors[0]?.errorType })
  // @ts-expect-error there is no such route
  client.conversations.talk
  return [total, channel, success]
}

// ------------------------------------------------------------------------------------------------------------- functions

export const totalFor: Schema['totalFor']['functionHandler'] = async ({
  arguments: { region },
  identity,
}) => {
  const who = identity && 'username' in identity ? identity.username : region
  return [{ total: who.length }]
}
// @ts-expect-error a receipt has a total
export const wrong: Schema['totalFor']['functionHandler'] = async () => [{ orderNumber: 1 }]
export const sendReport: Schema['sendReport']['functionHandler'] = async ({ arguments: { to } }) => {
  to.endsWith('.com')
}
same<Schema['sendReport']['returnType'], void>(true)
same<Schema['describe']['__entityType'], 'customGeneration'>(true)
same<Schema['chat']['messageType']['role'], 'user' | 'assistant'>(true)

// ----------------------------------------------------------------------------------------------------------------- rules

const custom = a.handler.custom({ entry: './x.js' })
const query = a.query().returns(a.string())
export const handlers = [
  query.handler([a.handler.function('a'), a.handler.function('b').async()]),
  // @ts-expect-error handlers of one operation are of one kind
  query.handler([a.handler.function('a'), custom]),
  // @ts-expect-error a custom handler is not protected by the identity pool
  query.handler(custom).authorization((allow) => [allow.guest()]),
  // @ts-expect-error a custom handler is not protected by the identity pool
  query.handler([custom, custom]).authorization((allow) => [allow.authenticated('identityPool')]),
  // @ts-expect-error the same, the other way around
  query.authorization((allow) => [allow.guest()]).handler(custom),
  // @ts-expect-error groups are the user pool's there
  query.handler(custom).authorization((allow) => [allow.group('A', 'oidc')]),
  query.handler(a.handler.function('a')).authorization((allow) => [allow.guest(), allow.group('A', 'oidc')]),
  // @ts-expect-error operations have no owners
  query.authorization((allow) => [allow.owner()]),
]
export const mistakes = [
  // @ts-expect-error not a mutation of a model
  a.ref('Order').mutations(['insert']),
  // @ts-expect-error not a model of AI
  a.ai.model('Claude 1'),
  // @ts-expect-error relations are for models
  a.query().returns(a.hasMany('Order', 'x')),
]

// -------------------------------------------------------------------------------------------------------- several schemas

const notes = a
  .schema({ Note: a.model({ text: a.string() }) })
  .authorization((allow) => [allow.ownerDefinedIn('who')])
const names = a
  .schema({ Name: a.model({ name: a.string().required(), ask: a.json() }) })
  .authorization((allow) => [allow.publicApiKey()])
const combined = a.combine([notes, names])
type Combined = ClientSchema<typeof combined>
same<Combined['Note']['type']['who'], string | null | undefined>(true)
same<'who' extends keyof Combined['Name']['type'] ? true : false, false>(true)
declare const both: Client<Combined>
export const list = () => [both.models.Note.list(), both.models.Name.list()]

// What is a table stays one, with rules of its schema as well.
const withTables = a.combine([notes, tables.authorization((allow) => [allow.ownerDefinedIn('owner')])])
type WithTables = ClientSchema<typeof withTables>
same<'createdAt' extends keyof WithTables['Note']['type'] ? true : false, true>(true)
same<'createdAt' extends keyof WithTables['Author']['type'] ? true : false, false>(true)
