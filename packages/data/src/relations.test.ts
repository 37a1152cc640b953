// Relations on the local backend: by keys of several parts, several between the same two models, and to the model itself.

import { createAmplifyContext } from '@backline/core'
import { startSandbox } from '@backline/sandbox'
import { a, type ClientSchema } from '@backline/schema'
import { defineBackend, defineData } from '@backline/schema/backend'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { generateClient } from './client.js'

const schema = a
  .schema({
    Seat: a
      .model({
        row: a.string().required(),
        number: a.integer().required(),
        tickets: a.hasMany('Ticket', ['seatRow', 'seatNumber']),
        plate: a.hasOne('Plate', ['seatRow', 'seatNumber']),
      })
      .identifier(['row', 'number']),
    Plate: a.model({
      text: a.string(),
      seatRow: a.string(),
      seatNumber: a.integer(),
      seat: a.belongsTo('Seat', ['seatRow', 'seatNumber']),
    }),
    Ticket: a.model({
      show: a.string().required(),
      seatRow: a.string(),
      seatNumber: a.integer(),
      seat: a.belongsTo('Seat', ['seatRow', 'seatNumber']),
      buyerEmail: a.email(),
      buyer: a.belongsTo('Person', 'buyerEmail'),
      guestEmail: a.email(),
      guest: a.belongsTo('Person', 'guestEmail'),
    }),
    Person: a
      .model({
        email: a.email().required(),
        bought: a.hasMany('Ticket', 'buyerEmail'),
        visited: a.hasMany('Ticket', 'guestEmail'),
        managerEmail: a.email(),
        manager: a.belongsTo('Person', 'managerEmail'),
        reports: a.hasMany('Person', 'managerEmail'),
      })
      .identifier(['email']),
  })
  .authorization((allow) => [allow.publicApiKey()])
type Schema = ClientSchema<typeof schema>

let sandbox: Awaited<ReturnType<typeof startSandbox>>
let models: ReturnType<typeof generateClient<Schema>>['models']
beforeAll(async () => {
  const data = defineData({ schema, authorizationModes: { defaultAuthorizationMode: 'apiKey' } })
  sandbox = await startSandbox({ backend: defineBackend({ data }) })
  const config = sandbox.outputs as Parameters<typeof createAmplifyContext>[0]
  models = generateClient<Schema>({}, createAmplifyContext(config)).models
  const { Person, Seat, Plate, Ticket } = models
  await Person.create({ email: 'boss@x.org' }).orThrow()
  for (const email of ['ada@x.org', 'bob@x.org'])
    await Person.create({ email, managerEmail: 'boss@x.org' }).orThrow()
  for (const number of [1, 2]) {
    await Seat.create({ row: 'A', number }).orThrow()
    await Plate.create({ text: `A${number}`, seatRow: 'A', seatNumber: number }).orThrow()
  }
  for (const [show, seatNumber, buyerEmail, guestEmail] of [
    ['Lear', 1, 'ada@x.org', 'bob@x.org'],
    ['Hamlet', 1, 'ada@x.org', 'ada@x.org'],
    ['Lear', 2, 'bob@x.org', 'ada@x.org'],
  ] as const)
    await Ticket.create({ show, seatRow: 'A', seatNumber, buyerEmail, guestEmail }).orThrow()
})
afterAll(() => sandbox.stop())

const shows = (rows: readonly { show: string }[]) => rows.map(({ show }) => show).sort()

test('a key of several parts leads both ways, row by row and inside a selection', async () => {
  const { data: seat } = await models.Seat.get({ row: 'A', number: 1 }).orThrow()
  const { data: tickets } = await seat!.tickets()
  expect(shows(tickets)).toEqual(['Hamlet', 'Lear'])
  expect((await tickets[0]!.seat()).data).toMatchObject({ row: 'A', number: 1 })
  const { data: plate } = await seat!.plate()
  expect(plate).toMatchObject({ text: 'A1' })
  expect((await plate!.seat()).data).toMatchObject({ number: 1 })
  const { data: second } = await models.Seat.get(
    { row: 'A', number: 2 },
    { selectionSet: ['number', 'plate.text', 'tickets.show', 'tickets.seat.number'] },
  )
  expect(second).toEqual({
    number: 2,
    plate: { text: 'A2' },
    tickets: [{ show: 'Lear', seat: { number: 2 } }],
  })
})

test('two relations between the same models, and one to itself, do not mix', async () => {
  const { data: ada } = await models.Person.get({ email: 'ada@x.org' }).orThrow()
  expect(shows((await ada!.bought()).data)).toEqual(['Hamlet', 'Lear'])
  const { data: visited } = await ada!.visited({ filter: { show: { eq: 'Lear' } } })
  expect(visited).toMatchObject([{ seatNumber: 2 }])
  expect((await visited[0]!.buyer()).data).toMatchObject({ email: 'bob@x.org' })
  expect((await visited[0]!.guest()).data).toMatchObject({ email: 'ada@x.org' })
  const { data: boss } = await ada!.manager()
  expect(boss).toMatchObject({ email: 'boss@x.org' })
  expect((await boss!.reports()).data.map(({ email }) => email).sort()).toEqual(['ada@x.org', 'bob@x.org'])
  expect((await boss!.manager()).data).toBeNull()
  const { data } = await models.Person.get(
    { email: 'boss@x.org' },
    { selectionSet: ['reports.email', 'reports.bought.seat.tickets.guest.manager.email'] },
  )
  const bob = data!.reports.find(({ email }) => email === 'bob@x.org')!
  expect(bob.bought).toEqual([{ seat: { tickets: [{ guest: { manager: { email: 'boss@x.org' } } }] } }])
})
