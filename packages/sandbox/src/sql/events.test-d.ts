// The types that an app has of a generated schema.
import { a, type ClientSchema } from '@backline/schema'
import { schema as generated } from './events.fixture.js'

const sqlSchema = generated
  .authorization((allow) => allow.guest())
  .setRelationships((models) => [
    models.event.relationships({ tags: a.hasMany('event_tag', 'event_id') }),
    models.event_tag.relationships({ event: a.belongsTo('event', 'event_id') }),
  ])
const own = a.schema({
  Todo: a.model({ content: a.string() }).authorization((allow) => [allow.publicApiKey()]),
})
const combined = a.combine([own, sqlSchema])
type Schema = ClientSchema<typeof combined>

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
function same<A, B>(_: Same<A, B>): void {}

type Event = Schema['event']['type']
same<Event['status'], 'DRAFT' | 'ON_SALE' | 'SOLD_OUT' | 'CANCELLED'>(true)
same<Event['day'], string>(true)
same<Event['venue_id'], string | null | undefined>(true)
same<Event['keywords'], string[] | null | undefined>(true)
same<Event['ratings'], (number | null)[] | null | undefined>(true)
same<Schema['customer']['type']['is_member'], boolean>(true)
same<Schema['booking']['identifier'], { event_id: number; customer_id: number; code: string }>(true)
same<Schema['Todo']['type']['content'], string | null | undefined>(true)
same<Schema['EventStatus']['type'], 'DRAFT' | 'ON_SALE' | 'SOLD_OUT' | 'CANCELLED'>(true)

const created: Schema['event']['createType'] = { name: 'Jazz', status: 'ON_SALE', day: '2027-06-12' }
const booked: Schema['booking']['createType'] = {
  ...created,
  event_id: 1,
  customer_id: 1,
  code: 'STD',
  seats: 2,
  booked_at: '2027-01-01T10:00:00Z',
}
// @ts-expect-error no value of the enum
const wrong: Schema['event']['createType'] = { ...created, status: 'OPEN' }
export const rows = [created, booked, wrong]
