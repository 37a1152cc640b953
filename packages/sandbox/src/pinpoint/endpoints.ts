import { type Input, ServiceError } from '../awsJson.js'
import type { World } from '../service.js'

// Who can be reached, and how. https://docs.aws.amazon.com/pinpoint/latest/apireference/apps-application-id-endpoints-endpoint-id.html

const MIGRATIONS = [
  `CREATE TABLE pinpoint_endpoints (
     app TEXT NOT NULL, id TEXT NOT NULL, user TEXT, data TEXT NOT NULL, created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL,
     PRIMARY KEY (app, id)) STRICT;
   CREATE INDEX pinpoint_endpoints_by_user ON pinpoint_endpoints (app, user)`,
]

const MOST_FOR_A_USER = 15
/** Channels on which the oldest endpoint makes room for a 16th: https://docs.aws.amazon.com/pinpoint/latest/developerguide/audience-define-auto-inactive.html */
const PUSH = ['ADM', 'GCM', 'APNS', 'APNS_SANDBOX', 'APNS_VOIP', 'APNS_VOIP_SANDBOX', 'BAIDU']

interface Row {
  id: string
  user: string | null
  data: string
  created_at: number
  changed_at: number
}

export function migrate({ store }: World): void {
  store.migrate('pinpoint', MIGRATIONS)
}

export const badRequest = (message: string) => new ServiceError('BadRequestException', message)

/** Adds to what is known of an endpoint: fields that are not named stay. @throws {ServiceError} */
export function updateEndpoint(world: World, app: string, id: string, change: Input): void {
  const { store, clock } = world
  store.transaction(() => {
    const known = find(world, app, id)
    const before = known ? (JSON.parse(known.data) as Input) : {}
    const data: Input = { ...before, ...change, User: { ...(before.User ?? {}), ...(change.User ?? {}) } }
    const user = (data.User as Input).UserId
    if (user !== undefined && typeof user !== 'string') throw badRequest('User.UserId must be a text.')
    if (user && known?.user !== user) makeRoom(world, app, user, data)
    store.run(
      `INSERT INTO pinpoint_endpoints VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (app, id) DO UPDATE SET user = excluded.user, data = excluded.data, changed_at = excluded.changed_at`,
      ...[app, id, user ?? null, JSON.stringify(data), clock.now(), clock.now()],
    )
  })
}

function makeRoom({ store }: World, app: string, user: string, { ChannelType }: Input): void {
  const theirs = store.all<Row>(
    'SELECT * FROM pinpoint_endpoints WHERE app = ? AND user = ? ORDER BY changed_at, created_at, id',
    ...[app, user],
  )
  if (theirs.length < MOST_FOR_A_USER) return
  const oldest = PUSH.includes(String(ChannelType))
    ? theirs.find(({ data }) => PUSH.includes(String((JSON.parse(data) as Input).ChannelType)))
    : undefined
  if (!oldest) throw badRequest(`Exceeded maximum endpoint per user count ${MOST_FOR_A_USER}`)
  const { User: _, ...rest } = JSON.parse(oldest.data) as Input
  const inactive = JSON.stringify({ ...rest, EndpointStatus: 'INACTIVE' })
  store.run(
    'UPDATE pinpoint_endpoints SET user = NULL, data = ? WHERE app = ? AND id = ?',
    ...[inactive, app, oldest.id],
  )
}

/** As `GetEndpoint` answers. @throws {ServiceError} `NotFoundException` */
export function readEndpoint(world: World, app: string, id: string): object {
  const row = find(world, app, id)
  if (!row) throw new ServiceError('NotFoundException', 'Resource not found', 404)
  return {
    ...(JSON.parse(row.data) as object),
    ApplicationId: app,
    Id: id,
    CohortId: '0',
    CreationDate: new Date(row.created_at).toISOString(),
    EffectiveDate: new Date(row.changed_at).toISOString(),
  }
}

function find({ store }: World, app: string, id: string): Row | undefined {
  return store.get<Row>('SELECT * FROM pinpoint_endpoints WHERE app = ? AND id = ?', app, id)
}
