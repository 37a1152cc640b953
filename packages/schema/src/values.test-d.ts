// Lines that must compile, and lines that must not, about the values of a schema. Checked by the type check of the
// repository; nothing here runs.

import { a, type ClientSchema, type Json, type SelectionSet } from './index.js'
import type { Schema as Shop } from './shop.types.fixture.js'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const same = <A, B>(_is: Same<A, B>) => undefined
type Keys<T> = keyof T & string

type Customer = Shop['Customer']
type Order = Shop['Order']

// ------------------------------------------------------------------------------------------------------------- scalars

const scalars = a
  .schema({
    All: a.model({
      id: a.id().required(),
      text: a.string(),
      whole: a.integer(),
      real: a.float().required(),
      yes: a.boolean(),
      day: a.date(),
      at: a.time(),
      when: a.datetime(),
      seconds: a.timestamp(),
      mail: a.email(),
      data: a.json(),
      must: a.json().required(),
      call: a.phone(),
      link: a.url(),
      ip: a.ipAddress(),
      loose: a.string().array(),
      items: a.string().required().array(),
      list: a.string().array().required(),
      both: a.integer().required().array().required(),
      filled: a.integer().default(3),
      sure: a.string().required().default('x'),
      late: a.string().default('x').required(),
    }),
  })
  .authorization((allow) => [allow.publicApiKey()])
type All = ClientSchema<typeof scalars>['All']

same<All['type']['text'], string | null | undefined>(true)
same<All['type']['whole'], number | null | undefined>(true)
same<All['type']['real'], number>(true)
same<All['type']['yes'], boolean | null | undefined>(true)
same<All['type']['day'], string | null | undefined>(true)
same<All['type']['seconds'], number | null | undefined>(true)
same<All['type']['data'], Json | undefined>(true)
same<All['type']['must'], NonNullable<Json>>(true)
same<All['type']['loose'], (string | null)[] | null | undefined>(true)
same<All['type']['items'], string[] | null | undefined>(true)
same<All['type']['list'], (string | null)[]>(true)
same<All['type']['both'], number[]>(true)
same<All['type']['filled'], number | null | undefined>(true)
same<All['type']['sure'], string>(true)
same<All['type']['late'], string>(true)

const all: All['createType'] = { real: 1, must: { any: ['thing', 1] }, list: [null], both: [1] }
// @ts-expect-error a required field is missing
const unreal: All['createType'] = { must: 1, list: [], both: [] }
// @ts-expect-error the items are required
const holes: All['createType'] = { ...all, both: [null] }
// @ts-expect-error there is no such field
const extra: All['createType'] = { real: 1, must: 1, list: [], both: [], tpyo: 1 }
// @ts-expect-error timestamps belong to the service
const stamped: All['createType'] = { real: 1, must: 1, list: [], both: [], createdAt: '2026-11-21T00:00:00Z' }

// @ts-expect-error a default has the type of the field
a.integer().default('1')
// @ts-expect-error a list has no default
a.string().array().default('x')
// @ts-expect-error there is no list of lists
a.string().array().array()
// @ts-expect-error relations belong to models
a.customType({ owner: a.belongsTo('Customer', 'ownerId') })
// @ts-expect-error a value of a model must be a field
a.model({ name: 'string' })
// @ts-expect-error a field is not a type
a.schema({ name: a.string() })

// -------------------------------------------------------------------------------------------- rows, inputs, identifiers

same<Customer['identifier'], { customerId: string }>(true)
same<Customer['deleteType'], { customerId: string }>(true)
same<Order['identifier']['region'], string>(true)
same<Order['identifier']['number'], number>(true)
same<Shop['Employee']['identifier'], { id: string }>(true)

declare const customer: Customer['type']
same<typeof customer.name, string>(true)
same<typeof customer.email, string | null | undefined>(true)
same<typeof customer.requiredTags, string[]>(true)
same<typeof customer.level, 'BRONZE' | 'SILVER' | 'GOLD' | null | undefined>(true)
same<typeof customer.owner, string | null | undefined>(true)
same<typeof customer.createdAt, string>(true)
// @ts-expect-error the service keeps this time
customer.createdAt = ''
// @ts-expect-error
customer.updatedAt = ''
customer.customerId = 'written by the app'
// @ts-expect-error an implied id is the service's
;(null as unknown as Shop['Employee']['type']).id = ''
// @ts-expect-error with an identifier of its own, there is no id
customer.id

const home: NonNullable<typeof customer.home> = { lat: 1, long: 2 }
// @ts-expect-error a required field of a custom type is missing
const nowhere: NonNullable<typeof customer.home> = { lat: 1 }
const address: NonNullable<typeof customer.address> = { street: 'Main', zip: [null, '1'], kind: 'HOME' }
same<typeof address.city, string | null | undefined>(true)
same<Shop['Address']['type']['kind'], 'HOME' | 'WORK' | null | undefined>(true)
same<Shop['OrderStatus']['type'], 'DRAFT' | 'PAID' | 'SHIPPED'>(true)
same<Customer['nestedTypes']['level']['type'], 'BRONZE' | 'SILVER' | 'GOLD'>(true)

declare const order: Order['type']
same<typeof order.status, 'DRAFT' | 'PAID' | 'SHIPPED'>(true)
same<typeof order.history, ('DRAFT' | 'PAID' | 'SHIPPED' | null)[] | null | undefined>(true)
same<typeof order.shipTo.street, string>(true)
// A field that a rule names is what it was written as.
same<typeof order.editors, (string | null)[] | null | undefined>(true)
same<SelectionSet<Order, ['editors']>['editors'], (string | null)[] | null>(true)

const created: Customer['createType'] = {
  customerId: 'c',
  name: 'Ada',
  requiredTags: [],
  home,
  address,
  owner: 'ada',
}
// @ts-expect-error the key has no default here
const keyless: Customer['createType'] = { name: 'Ada', requiredTags: [] }
// @ts-expect-error not a value of the enum
const platinum: Customer['createType'] = { ...created, level: 'PLATINUM' }
// @ts-expect-error relations are not written
const related: Customer['createType'] = { customerId: 'c', name: 'Ada', requiredTags: [], orders: [] }
same<'orders' extends Keys<Customer['createType']> ? true : false, false>(true)

const employee: Shop['Employee']['createType'] = { name: 'Bob' }
const named: Shop['Employee']['createType'] = { id: 'chosen', name: 'Bob' }

const updated: Customer['updateType'] = { customerId: 'c', email: null, name: undefined }
// @ts-expect-error which one?
const unkeyed: Customer['updateType'] = { email: null }
// @ts-expect-error a required field cannot be cleared
const nameless: Customer['updateType'] = { customerId: 'c', name: null }
// @ts-expect-error both fields of the identifier
const half: Order['updateType'] = { region: 'EU' }

// -------------------------------------------------------------------------------------------------------------- rules

const ruled = a
  .schema({
    ByOwner: a.model({ x: a.string() }).authorization((allow) => [allow.owner()]),
    ByField: a.model({ x: a.string() }).authorization((allow) => allow.ownerDefinedIn('author')),
    ByList: a
      .model({ x: a.string() })
      .authorization((allow) => [allow.ownersDefinedIn('editors').to(['read'])]),
    ByGroup: a
      .model({ x: a.string() })
      .authorization((allow) => [
        allow.groupDefinedIn('team').withClaimIn('teams'),
        allow.groupsDefinedIn('teams'),
      ]),
    Declared: a
      .model({ owner: a.string().required() })
      .authorization((allow) => [allow.owner().identityClaim('sub').to(['create'])]),
    OneField: a
      .model({ x: a.string().authorization((allow) => [allow.ownerDefinedIn('keeper')]) })
      .authorization((allow) => [allow.publicApiKey()]),
    Inherits: a.model({ x: a.string() }),
  })
  .authorization((allow) => [allow.ownerDefinedIn('everyone'), allow.guest(), allow.custom()])
type Ruled = ClientSchema<typeof ruled>
same<Ruled['ByOwner']['type']['owner'], string | null | undefined>(true)
same<Ruled['ByField']['type']['author'], string | null | undefined>(true)
same<Ruled['ByList']['type']['editors'], string[] | null | undefined>(true)
same<Ruled['ByGroup']['type']['team'], string | null | undefined>(true)
same<Ruled['ByGroup']['type']['teams'], string[] | null | undefined>(true)
same<Ruled['Declared']['type']['owner'], string>(true)
same<Ruled['OneField']['type']['keeper'], string | null | undefined>(true)
same<Ruled['Inherits']['type']['everyone'], string | null | undefined>(true)
same<'everyone' extends Keys<Ruled['ByOwner']['type']> ? true : false, false>(true)
a.model({}).authorization((allow) => [
  // @ts-expect-error not an operation
  allow.owner().to(['raed']),
  // @ts-expect-error groups have no identity claim
  allow.group('Admin').identityClaim('sub'),
  // @ts-expect-error not a provider of owners
  allow.owner('identityPool'),
])

// ------------------------------------------------------------------------------------------------------- keys, indexes

const keyed = a.model({
  name: a.string().required(),
  tags: a.string().array(),
  home: a.customType({ x: a.float() }),
})
keyed.identifier(['name'])
// @ts-expect-error there is no such field
keyed.identifier(['nmae'])
// @ts-expect-error a list is no key
keyed.identifier(['tags'])
keyed.secondaryIndexes((index) => [index('name').queryField('byName').name('names')])
// @ts-expect-error there is no such field
keyed.secondaryIndexes((index) => [index('nmae')])
// @ts-expect-error a custom type is no key
keyed.secondaryIndexes((index) => [index('home')])
// @ts-expect-error there is no such field
keyed.secondaryIndexes((index) => [index('name').sortKeys(['nmae'])])
// @ts-expect-error not an operation
keyed.disableOperations(['craete'])

// ------------------------------------------------------------------------------------------------------- selection sets

const paths = ['name', 'orders.*', 'orders.customer.name', 'representative.salary', 'address.city'] as const
type Selected = SelectionSet<Customer, typeof paths>
declare const selected: Selected
same<Keys<Selected>, 'name' | 'orders' | 'representative' | 'address'>(true)
same<typeof selected.name, string>(true)
same<(typeof selected.orders)[number]['region'], string>(true)
same<NonNullable<(typeof selected.orders)[number]['customer']>, { readonly name: string }>(true)
same<typeof selected.representative, { readonly salary: number | null } | null>(true)
same<typeof selected.address, { readonly city: string | null } | null>(true)
// @ts-expect-error not selected
selected.email
// @ts-expect-error `*` leaves relations out
selected.orders[0]?.lines
same<SelectionSet<Order, ['status', 'shipTo.*', 'lines.order.region']>['shipTo']['city'], string | null>(true)

// As apps of `aws-amplify` write it, from the type of a row: the same.
type SameFromRow<Entry extends { type: unknown }, Paths extends readonly string[]> = Same<
  SelectionSet<Entry['type'], Paths>,
  SelectionSet<Entry, Paths>
>
const fromRow = <_Is extends true>() => undefined
fromRow<SameFromRow<Customer, ['customerId', 'name', 'email', 'createdAt']>>()
fromRow<SameFromRow<Customer, ['orders.region', 'representative.salary']>>()
fromRow<SameFromRow<Customer, ['orders.*']>>()
fromRow<SameFromRow<Customer, ['address.city', 'address.*']>>()
fromRow<SameFromRow<Order, ['editors', 'status', 'shipTo.city']>>()
fromRow<SameFromRow<Order, ['lines.*', 'lines.order.region', 'lines.order.customer.name']>>()
declare const selectedFromRow: SelectionSet<Customer['type'], typeof paths>
export const forth: Selected = selectedFromRow
export const back: typeof selectedFromRow = selected

// A row that a call gave back goes wherever the schema's type is asked for.
export const keep = (row: SelectionSet<Customer, ['customerId', 'name']>): Partial<Customer['type']> => row
export const unused = [
  all,
  unreal,
  holes,
  extra,
  stamped,
  nowhere,
  keyless,
  platinum,
  related,
  employee,
  named,
  updated,
]
export const more = [unkeyed, nameless, half]
