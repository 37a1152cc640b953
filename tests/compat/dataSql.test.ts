import { startSandbox } from '@backline/sandbox'
import { Amplify } from 'aws-amplify'
import { generateClient as theirs } from 'aws-amplify/data'
import { createAmplifyContext } from 'backline'
import { a, type ClientSchema, defineBackend, defineData, secret } from 'backline/backend'
import { generateClient as ours } from 'backline/data'
import { configure } from 'backline/schema'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { postgresql } from '../../packages/sandbox/src/sql/postgresql.fixture.js'

// Tables of a PostgreSQL by the clients of apps: the official one and ours.

const schema = configure({
  database: { engine: 'postgresql', identifier: 'shop', connectionUri: secret('SHOP_DATABASE') },
})
  .schema({
    event: a
      .model({ id: a.integer().default(), name: a.string().required(), day: a.date() })
      .identifier(['id']),
    seat: a
      .model({ event_id: a.integer().required(), code: a.string().required(), holder: a.string() })
      .identifier(['event_id', 'code']),
  })
  .setRelationships((models) => [
    models.event.relationships({ seats: a.hasMany('seat', 'event_id') }),
    models.seat.relationships({ event: a.belongsTo('event', 'event_id') }),
  ])
  .authorization((allow) => [allow.publicApiKey()])
type Schema = ClientSchema<typeof schema>

let database: Awaited<ReturnType<typeof postgresql>>
let sandbox: Awaited<ReturnType<typeof startSandbox>>
beforeAll(async () => {
  database = await postgresql(`
CREATE TABLE event (id serial PRIMARY KEY, name text NOT NULL, day date);
CREATE TABLE seat (event_id integer REFERENCES event (id), code text, holder text, PRIMARY KEY (event_id, code));`)
  vi.stubEnv('SHOP_DATABASE', database.uri)
  const data = defineData({ schema, authorizationModes: { defaultAuthorizationMode: 'apiKey' } })
  sandbox = await startSandbox({ backend: defineBackend({ data }) })
  vi.unstubAllEnvs()
}, 120_000)
afterAll(async () => {
  await sandbox?.stop()
  await database?.stop()
})

test.each(['aws-amplify', 'backline'])(
  '%s creates, reads, lists, changes and deletes rows of tables',
  async (kit) => {
    Amplify.configure(sandbox.outputs as never)
    const client =
      kit === 'backline'
        ? ours<Schema>({}, createAmplifyContext(sandbox.outputs))
        : (theirs() as unknown as ReturnType<typeof ours<Schema>>)
    const { event, seat } = client.models
    const made = await event.create({ name: kit, day: '2027-01-02' })
    expect(made.errors).toBeUndefined()
    const id = made.data!.id!
    for (const code of ['A1', 'A2', 'B1'])
      expect((await seat.create({ event_id: id, code })).errors).toBeUndefined()
    expect((await event.get({ id })).data).toMatchObject({ name: kit, day: '2027-01-02' })
    const listed = await event.list({ filter: { name: { eq: kit } } })
    expect([listed.errors, listed.data.length]).toEqual([undefined, 1])
    const seats = await seat.list({
      event_id: id,
      sortDirection: 'DESC',
      filter: { code: { beginsWith: 'A' } },
    })
    const related = await made.data!.seats({ limit: 2 })
    if (kit === 'backline') {
      expect([seats.errors, seats.data.map(({ code }) => code)]).toEqual([undefined, ['A2', 'A1']])
      expect([related.errors, related.data.map(({ code }) => code)]).toEqual([undefined, ['A1', 'A2']])
      expect((await related.data[0]!.event()).data).toMatchObject({ id, name: kit })
    }
    // It asks by an argument that AppSync does not have for tables.
    else
      for (const { errors } of [seats, related])
        expect(errors?.[0]?.message).toContain('Unknown argument "code"')
    const nested = await event.get({ id }, { selectionSet: ['name', 'seats.code'] })
    expect(nested.data).toEqual({ name: kit, seats: [{ code: 'A1' }, { code: 'A2' }, { code: 'B1' }] })
    expect((await seat.update({ event_id: id, code: 'A1', holder: 'ada' })).data).toMatchObject({
      holder: 'ada',
    })
    expect((await seat.delete({ event_id: id, code: 'B1' })).errors).toBeUndefined()
    const live = await new Promise<string[]>((resolve, reject) =>
      event.observeQuery({ filter: { name: { eq: kit } } }).subscribe({
        next: ({ items, isSynced }) => isSynced && resolve(items.map(({ name }) => name)),
        error: reject,
      }),
    )
    expect(live).toEqual([kit])
  },
)
