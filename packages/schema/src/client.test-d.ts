// Lines that must compile, and lines that must not, about the client of a schema.

import type { Observable } from 'rxjs'
import { a, type Client, type ClientSchema, type ListResult, type SingularResult } from './index.js'
import type { Schema as Shop } from './shop.types.fixture.js'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const same = <A, B>(_is: Same<A, B>) => undefined

declare const client: Client<Shop>
const { Customer, Employee, Order, OrderLine } = client.models

export async function operations() {
  const created = await Customer.create(
    { customerId: 'c', name: 'Ada', requiredTags: ['a'] },
    { authMode: 'userPool' },
  )
  same<NonNullable<typeof created.data>['email'], string | null>(true)
  same<NonNullable<typeof created.data>['home'], { lat: number; long: number } | null>(true)
  same<(typeof created)['errors'], SingularResult<unknown>['errors']>(true)
  // The row a call gave back is a row of the schema.
  const kept: Shop['Customer']['type'] | null = created.data

  // @ts-expect-error the message is at the field
  await Customer.create({ customerId: 'c', name: 1, requiredTags: [] })
  // @ts-expect-error there is no such auth mode
  await Customer.create({ customerId: 'c', name: 'Ada', requiredTags: [] }, { authMode: 'userPools' })
  // @ts-expect-error there is no such model
  client.models.Custmer

  await Order.get({ region: 'EU', number: 1 })
  // @ts-expect-error both fields of the identifier
  await Order.get({ region: 'EU' })
  await Employee.delete({ id: 'e' })
  await Employee.update(
    { id: 'e', salary: 1 },
    { condition: { name: { eq: 'Ada' } }, signal: AbortSignal.timeout(1) },
  )
  // @ts-expect-error a condition names fields that exist
  await Employee.update({ id: 'e' }, { condition: { nam: { eq: 'Ada' } } })
  const updated = await Employee.update({ id: 'e', salary: null }, { selectionSet: ['salary'] })
  same<typeof updated.data, { readonly salary: number | null } | null>(true)
  return kept
}

export async function lists() {
  const listed = await Customer.list({
    limit: 10,
    nextToken: null,
    filter: {
      name: { beginsWith: 'A' },
      visits: { between: [1, 2] },
      vip: { eq: true },
      level: { ne: 'GOLD' },
      owner: { eq: 'ada' },
      createdAt: { gt: '2026' },
      or: [{ email: { attributeExists: true } }, { not: { phone: { contains: '1' } } }],
    },
  })
  same<typeof listed.nextToken, string | null | undefined>(true)
  same<(typeof listed.data)[number]['name'], string>(true)
  await Customer.list({ filter: {} })

  // @ts-expect-error there is no such field
  await Customer.list({ filter: { nmae: { eq: 'x' } } })
  // @ts-expect-error a number is compared with numbers
  await Customer.list({ filter: { visits: { eq: '1' } } })
  // @ts-expect-error not a value of the enum
  await Customer.list({ filter: { level: { eq: 'PLATINUM' } } })
  // @ts-expect-error AppSync compares enums for equality only
  await Customer.list({ filter: { level: { beginsWith: 'G' } } })
  // @ts-expect-error relations cannot be filtered by
  await Customer.list({ filter: { orders: { eq: 'x' } } })
  await Order.list({ filter: { status: { eq: 'PAID' }, history: { contains: 'DRAFT' } } })

  // One partition, in order. Without the partition there is no order.
  await Order.list({ region: 'EU', number: { gt: 3 }, sortDirection: 'DESC', selectionSet: ['number'] })
  // @ts-expect-error no partition is named
  await Order.list({ sortDirection: 'DESC' })
  // @ts-expect-error no partition is named
  await Order.list({ number: { gt: 3 } })
  // @ts-expect-error this model has no sort key
  await Customer.list({ sortDirection: 'DESC' })
}

export async function relations() {
  const { data } = await Customer.get({ customerId: 'c' })
  const orders = await data?.orders({ limit: 5, nextToken: null })
  same<NonNullable<typeof orders>['data'][number]['region'], string>(true)
  const employee = await data?.representative()
  same<NonNullable<NonNullable<typeof employee>['data']>['name'], string>(true)
  const back = await orders?.data[0]?.customer()
  same<NonNullable<NonNullable<typeof back>['data']>['name'], string>(true)
  // @ts-expect-error one row has no pages
  await data?.representative({ limit: 1 })
}

export async function indexes() {
  const found = await Customer.customersByEmail(
    { email: 'ada@example.com', nameJoinedAt: { beginsWith: { name: 'A' } } },
    { sortDirection: 'DESC', filter: { vip: { eq: true } }, selectionSet: ['name', 'email'] },
  )
  same<(typeof found.data)[number], { readonly name: string; readonly email: string | null }>(true)
  await Customer.listCustomerByRepresentativeId({ representativeId: 'e' })
  await Customer.listCustomerByLevelAndJoinedAt({ level: 'GOLD', joinedAt: { between: ['2025', '2026'] } })
  // @ts-expect-error not a value of the enum
  await Customer.listCustomerByLevelAndJoinedAt({ level: 'PLATINUM' })
  // @ts-expect-error which partition?
  await Customer.customersByEmail({})
  // @ts-expect-error this index has its own query
  Customer.listCustomerByEmail
}

export async function selections() {
  const { data } = await Customer.list({
    selectionSet: [
      'customerId',
      'owner',
      'createdAt',
      'home.*',
      'address.street',
      'orders.lines.sku',
      'cart.items',
    ],
  })
  const row = data[0]!
  same<typeof row.owner, string | null>(true)
  same<typeof row.home, { lat: number; long: number } | null>(true)
  same<(typeof row.orders)[number]['lines'][number], { readonly sku: string }>(true)
  same<typeof row.cart, { readonly items: (string | null)[] | null } | null>(true)

  const reused = ['id', 'name'] as const
  const again = await Employee.list({ selectionSet: reused })
  same<(typeof again.data)[number], { readonly name: string; readonly id: string }>(true)

  // @ts-expect-error there is no such field
  await Customer.list({ selectionSet: ['nmae'] })
  // @ts-expect-error there is no such field below
  await Customer.list({ selectionSet: ['orders.lines.skew'] })
  // @ts-expect-error a relation is read by its fields
  await Customer.list({ selectionSet: ['orders'] })
  // @ts-expect-error a scalar has no fields
  await Customer.list({ selectionSet: ['name.*'] })
  // @ts-expect-error an enum has no fields
  await Order.list({ selectionSet: ['status.*'] })
  await Customer.list({
    selectionSet: [
      'name',
      // @ts-expect-error only the wrong path is marked
      'emial',
    ],
  })
}

export function subscriptions() {
  const made: Observable<{ readonly name: string }> = Customer.onCreate({
    filter: { name: { in: ['a', 'b'] }, and: [{ vip: { eq: true } }] },
    selectionSet: ['name'],
  })
  Order.observeQuery({ region: 'EU', number: { gt: 3 }, sortDirection: 'DESC', selectionSet: ['number'] })
  // @ts-expect-error no partition is named
  Order.observeQuery({ sortDirection: 'DESC' })
  const live = Customer.observeQuery({ filter: { name: { eq: 'a' } } }).subscribe({
    next: ({ items, isSynced }) => {
      same<typeof isSynced, boolean>(true)
      same<(typeof items)[number]['name'], string>(true)
    },
  })
  live.unsubscribe()
  // @ts-expect-error subscriptions cannot filter by size
  Customer.onUpdate({ filter: { name: { size: { gt: 1 } } } })
  return made
}

// Disabled operations are not there, and neither is what needs them.
OrderLine.list()
// @ts-expect-error
OrderLine.delete
// @ts-expect-error
OrderLine.onCreate
// @ts-expect-error a live query subscribes
OrderLine.observeQuery

const readOnly = a.schema({ Log: a.model({ text: a.string() }).disableOperations(['mutations', 'list']) })
declare const logs: Client<ClientSchema<typeof readOnly>>
logs.models.Log.get({ id: '1' })
// @ts-expect-error
logs.models.Log.create
// @ts-expect-error a live query lists
logs.models.Log.observeQuery

same<ReturnType<typeof client.enums.OrderStatus.values>, ('DRAFT' | 'PAID' | 'SHIPPED')[]>(true)
same<ReturnType<typeof client.enums.CustomerLevel.values>, ('BRONZE' | 'SILVER' | 'GOLD')[]>(true)
same<ReturnType<typeof client.enums.AddressKind.values>, ('HOME' | 'WORK')[]>(true)

// A client, and one model of it, can be handed on.
export async function handOn(to: Client<Shop>, model: Client<Shop>['models']['Employee']) {
  const list: ListResult<{ name: string }> = await model.list()
  return [await to.models.Customer.list(), list]
}
handOn(client, Employee)

// Where the schema's type was not found, nothing is known and nothing complains.
// biome-ignore lint/suspicious/noExplicitAny: what an import that does not resolve gives
declare const unknown: Client<any>
unknown.models.Whatever.list({ anything: 1 })
