// What `Schema` says of each thing in a schema: lines that must compile, and lines that must not. The same lines hold for
// inferred types, generated ones and those of the official builder.

import type { SelectionSet } from './index.js'
import type { Schema } from './shop.types.fixture.js'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const same = <A, B>(_is: Same<A, B>) => undefined

type Status = 'DRAFT' | 'PAID' | 'SHIPPED'
type Level = 'BRONZE' | 'SILVER' | 'GOLD'

// ---------------------------------------------------------------------------------------- a model with an id of the service

same<Schema['Employee']['__entityType'], 'model'>(true)
same<Schema['Employee']['type']['name'], string>(true)
same<Schema['Employee']['type']['salary'], number | null | undefined>(true)
same<Schema['Employee']['type']['id'], string>(true)
same<Schema['Employee']['type']['updatedAt'], string>(true)
same<Schema['Employee']['identifier']['id'], string>(true)
same<Schema['Employee']['deleteType']['id'], string>(true)
same<Schema['Employee']['updateType']['id'], string>(true)
same<Schema['Employee']['createType']['id'], string | undefined>(true)
export const hired: Schema['Employee']['createType'] = { name: 'Ada' }
export const renamed: Schema['Employee']['updateType'] = { id: 'e', name: 'Ada', salary: null }
// @ts-expect-error the name is missing
export const nameless: Schema['Employee']['createType'] = { salary: 1 }
// @ts-expect-error the key is missing
export const nobody: Schema['Employee']['updateType'] = { name: 'Ada' }
// @ts-expect-error the key is missing
export const gone: Schema['Employee']['deleteType'] = {}
// @ts-expect-error there is no such field
export const taller: Schema['Employee']['updateType'] = { id: 'e', height: 2 }

// --------------------------------------------------------------------------------------- a model with identifiers of its own

same<Schema['Customer']['identifier']['customerId'], string>(true)
same<Schema['Customer']['type']['level'], Level | null | undefined>(true)
same<Schema['Customer']['type']['requiredTags'], string[]>(true)
same<Schema['Customer']['type']['owner'], string | null | undefined>(true)
export const customer: Schema['Customer']['createType'] = {
  customerId: 'c',
  name: 'Ada',
  requiredTags: [],
  level: 'GOLD',
  home: { lat: 1, long: 2 },
  address: { street: 'Main', kind: 'WORK' },
}
// @ts-expect-error not a value of the enum
export const platinum: Schema['Customer']['createType'] = { ...customer, level: 'PLATINUM' }
// @ts-expect-error a street is required
export const homeless: Schema['Customer']['createType'] = { ...customer, address: { city: 'Rome' } }
// @ts-expect-error relations are not written
export const related: Schema['Customer']['createType'] = { ...customer, orders: [] }

same<Schema['Order']['identifier'], { region: string; number: number }>(true)
same<Schema['Order']['deleteType'], { region: string; number: number }>(true)
same<Schema['Order']['type']['status'], Status>(true)
same<Schema['Order']['type']['history'], (Status | null)[] | null | undefined>(true)
same<Schema['Order']['type']['shipTo']['street'], string>(true)
export const paid: Schema['Order']['updateType'] = { region: 'EU', number: 1, status: 'PAID' }
// @ts-expect-error both fields of the identifier
export const half: Schema['Order']['updateType'] = { region: 'EU', status: 'PAID' }
// @ts-expect-error both fields of the identifier
export const halfGone: Schema['Order']['deleteType'] = { number: 1 }
// @ts-expect-error the number is a number
export const text: Schema['Order']['identifier'] = { region: 'EU', number: '1' }

// A model keeps all of its types where operations of it are disabled.
same<Schema['OrderLine']['deleteType']['id'], string>(true)
export const line: Schema['OrderLine']['createType'] = {
  orderRegion: 'EU',
  orderNumber: 1,
  sku: 'a',
  quantity: 1,
}

// -------------------------------------------------------------------------------------------------- enums, types, what is nested

same<Schema['OrderStatus']['type'], Status>(true)
same<Schema['OrderStatus']['__entityType'], 'enum'>(true)
same<Schema['Address']['__entityType'], 'customType'>(true)
same<Schema['Address']['type']['street'], string>(true)
same<Schema['Address']['type']['zip'], (string | null)[] | null | undefined>(true)
same<Schema['Address']['type']['kind'], 'HOME' | 'WORK' | null | undefined>(true)
same<Schema['Receipt']['type']['status'], Status | null | undefined>(true)
same<Schema['Customer']['nestedTypes']['level']['type'], Level>(true)
same<Schema['Customer']['nestedTypes']['home']['type']['lat'], number>(true)
// @ts-expect-error a scalar is no nested type
export type NoNestedType = Schema['Customer']['nestedTypes']['name']

// -------------------------------------------------------------------------------------------------------- custom operations

same<Schema['totalFor']['__entityType'], 'customQuery'>(true)
same<Schema['totalFor']['operationType'], 'Query'>(true)
same<Schema['totalFor']['args']['region'], string>(true)
same<Schema['totalFor']['args']['numbers'], (number | null)[] | null | undefined>(true)
same<Schema['totalFor']['args']['status'], Status | null | undefined>(true)
same<NonNullable<NonNullable<Schema['totalFor']['type']>[number]>['total'], number>(true)
export const receipts: NonNullable<Schema['totalFor']['returnType']> = [{ total: 1 }, null]
// @ts-expect-error a receipt has a total
export const empty: NonNullable<Schema['totalFor']['returnType']> = [{ orderNumber: 1 }]
export const totalFor: Schema['totalFor']['functionHandler'] = async (event) => {
  const region: string = event.arguments.region
  // @ts-expect-error there is no such argument
  event.arguments.country
  return [{ total: region.length }]
}
// @ts-expect-error it answers with receipts
export const totalless: Schema['totalFor']['functionHandler'] = async () => 3

same<Schema['announce']['__entityType'], 'customMutation'>(true)
same<Schema['announce']['operationType'], 'Mutation'>(true)
same<Schema['announce']['args']['channel'], string>(true)
same<NonNullable<Schema['announce']['returnType']>['channel'], string>(true)
same<Schema['onAnnounced']['__entityType'], 'customSubscription'>(true)
same<Schema['onAnnounced']['operationType'], 'Subscription'>(true)
same<Schema['onAnnounced']['args']['channel'], string | null | undefined>(true)
same<NonNullable<Schema['onOrderSaved']['type']>['number'], number>(true)
same<Schema['sendReport']['args']['to'], string>(true)

same<Schema['describe']['__entityType'], 'customGeneration'>(true)
same<Schema['describe']['operationType'], 'Generation'>(true)
same<Schema['describe']['args']['sku'], string>(true)
same<NonNullable<Schema['describe']['returnType']>['title'], string | null | undefined>(true)
same<Schema['chat']['__entityType'], 'customConversation'>(true)

// ----------------------------------------------------------------------------------------------------------- selection sets

type Seen = SelectionSet<
  Schema['Order']['type'],
  ['number', 'status', 'shipTo.street', 'customer.name', 'lines.sku', 'lines.order.region']
>
declare const seen: Seen
same<typeof seen.number, number>(true)
same<typeof seen.status, Status>(true)
same<typeof seen.shipTo.street, string>(true)
same<(typeof seen.lines)[number]['sku'], string>(true)
export const name: string | undefined = seen.customer?.name
export const region: string | undefined = seen.lines[0]?.order?.region
// @ts-expect-error it was not selected
seen.region
// @ts-expect-error it was not selected
seen.lines[0]?.quantity

// There is no such thing.
// @ts-expect-error
export type Missing = Schema['Custmer']
