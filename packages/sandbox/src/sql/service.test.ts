import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { appWith, write } from '../amplify.fixture.js'
import { connect } from '../appsync/socket.fixture.js'
import { speakTo } from '../appsync/stage.fixture.js'
import { type Sandbox, startSandbox } from '../sandbox.js'
import { mariadb } from './mariadb.fixture.js'
import { postgresql } from './postgresql.fixture.js'
import { backendOf, MYSQL, POSTGRESQL, SALES } from './tickets.fixture.js'

// Models whose rows are tables of somebody's own database, spoken to over the wire.

const HALL = '7d1c8f4e-0d3e-4a43-9f0e-2f6c3e5a1b11'
const GENERIC = 'Error processing the request. Check the logs for more details.'

const jazz = {
  name: 'Jazz',
  status: 'ON_SALE',
  venue_id: HALL,
  day: '2027-06-12',
  doors: '19:30:00',
  starts_at: '2027-06-12T20:00:00+02:00',
  keywords: ['jazz', 'summer'],
  details: JSON.stringify({ text: 'a "b"', stage: ['left', 1] }),
  price: 24.5,
}

describe.each([
  { engine: 'postgresql', open: () => postgresql(POSTGRESQL) },
  { engine: 'mysql', open: () => mariadb(MYSQL) },
] as const)('the tables of $engine', ({ engine, open }) => {
  let database: Awaited<ReturnType<typeof open>>
  let folder: string
  let sandbox: Sandbox
  let stage: ReturnType<typeof speakTo>

  beforeAll(async () => {
    database = await open()
    vi.stubEnv('TICKETS_DATABASE', database.uri)
    folder = mkdtempSync(join(tmpdir(), 'backline-app-'))
    write(join(folder, 'amplify/backend.ts'), backendOf(engine))
    write(join(folder, 'amplify/sales.sql'), SALES)
    sandbox = await startSandbox({ backend: join(folder, 'amplify') })
    stage = speakTo(sandbox)
    await database.query(`INSERT INTO venue VALUES ('${HALL}', 'Stadthalle')`)
  })
  afterAll(async () => {
    await sandbox?.stop()
    await database?.stop()
    rmSync(folder, { recursive: true, force: true })
    vi.unstubAllEnvs()
  })

  const ask = async (query: string, variables: object = {}) => {
    const { data, errors } = await stage.ask(query, variables)
    expect(errors).toBeUndefined()
    return data
  }
  const create = async (input: object, fields = 'id') =>
    (
      await ask(`mutation ($input: CreateEventInput!) { createEvent(input: $input) { ${fields} } }`, {
        input,
      })
    ).createEvent
  /** Where the database counts up, nobody says which number it is to be. */
  const numbered = (id: number) => (engine === 'mysql' ? { id } : {})
  const list = async (filter: object, rest = '') =>
    (
      await ask(
        `query ($filter: ModelEventFilterInput) { listEvents(filter: $filter ${rest}) { items { name } nextToken } }`,
        { filter },
      )
    ).listEvents as { items: { name: string }[]; nextToken: string | null }
  const names = async (filter: object) => (await list(filter)).items.map(({ name }) => name)

  test('rows come and go with every type as AppSync has it, and lead to those of other tables', async () => {
    const fields =
      'id name status venue_id day doors starts_at keywords details price is_open venue { id name } seats { items { code } }'
    const made = await create({ ...numbered(1), ...jazz }, fields)
    expect(made).toEqual({
      ...jazz,
      id: 1,
      starts_at: '2027-06-12T18:00:00.000Z',
      is_open: true,
      venue: { id: HALL, name: 'Stadthalle' },
      seats: { items: [] },
    })
    const [stored] = await database.query('SELECT * FROM event')
    expect(stored).toMatchObject({ id: 1, name: 'Jazz' })

    for (const code of ['A1', 'A2'])
      await ask(`mutation { createSeat(input: { event_id: 1, code: "${code}", holder: "ada" }) { code } }`)
    const { getEvent, getVenue, getSeat, listSeats } = await ask(`{
      getEvent(id: 1) { ${fields} }
      getVenue(id: "${HALL}") { events(limit: 1) { items { name seats(filter: { code: { eq: "A2" } }) { items { code event { name } } } } } }
      getSeat(event_id: 1, code: "A1") { holder event { venue { name } } }
      listSeats(event_id: 1, sortDirection: DESC) { items { code } }
    }`)
    expect(getEvent).toEqual({ ...made, seats: { items: [{ code: 'A1' }, { code: 'A2' }] } })
    expect(getVenue.events.items).toEqual([
      { name: 'Jazz', seats: { items: [{ code: 'A2', event: { name: 'Jazz' } }] } },
    ])
    expect(getSeat).toEqual({ holder: 'ada', event: { venue: { name: 'Stadthalle' } } })
    expect(listSeats.items).toEqual([{ code: 'A2' }, { code: 'A1' }])

    const { updateEvent } = await ask(
      `mutation ($input: UpdateEventInput!) { updateEvent(input: $input) { ${fields} } }`,
      { input: { id: 1, price: null, keywords: [], details: '[1]', is_open: false } },
    )
    expect(updateEvent).toMatchObject({
      price: null,
      keywords: [],
      details: '[1]',
      is_open: false,
      name: 'Jazz',
    })
    const { deleteSeat } = await ask(
      'mutation { deleteSeat(input: { event_id: 1, code: "A1" }) { code holder } }',
    )
    expect(deleteSeat).toEqual({ code: 'A1', holder: 'ada' })
    expect((await ask('{ getSeat(event_id: 1, code: "A1") { code } }')).getSeat).toBeNull()
    expect(await database.query('SELECT code FROM seat')).toEqual([{ code: 'A2' }])
  })

  test('filters are the database’s work: pages hold what matches, and end with it', async () => {
    for (const [at, name] of ['Alpha', 'Beta', 'Gamma 100%', 'Gamma_2', 'Gamma 3'].entries())
      await create({
        ...numbered(10 + at),
        name,
        status: at % 2 ? 'DRAFT' : 'ON_SALE',
        price: at === 1 ? undefined : at,
        keywords: at < 2 ? ['old'] : ['new', name],
        day: `2028-01-0${at + 1}`,
      })
    const ours = { day: { ge: '2028-01-01' } }
    for (const [filter, expected] of [
      [{ name: { eq: 'Beta' } }, ['Beta']],
      [{ name: { ne: 'Beta' } }, ['Alpha', 'Gamma 100%', 'Gamma_2', 'Gamma 3']],
      [{ status: { eq: 'DRAFT' } }, ['Beta', 'Gamma_2']],
      [{ price: { gt: 2 } }, ['Gamma_2', 'Gamma 3']],
      [{ price: { ne: 0 } }, ['Beta', 'Gamma 100%', 'Gamma_2', 'Gamma 3']],
      [{ price: { between: [2, 3] } }, ['Gamma 100%', 'Gamma_2']],
      [{ price: { attributeExists: false } }, ['Beta']],
      [{ price: { eq: null } }, ['Beta']],
      [{ name: { beginsWith: 'Gamma_' } }, ['Gamma_2']],
      [{ name: { contains: '00%' } }, ['Gamma 100%']],
      [{ name: { notContains: 'a' } }, []],
      [{ name: { size: { le: 4 } } }, ['Beta']],
      [{ keywords: { contains: 'old' } }, ['Alpha', 'Beta']],
      [{ keywords: { notContains: 'old' } }, ['Gamma 100%', 'Gamma_2', 'Gamma 3']],
      [{ keywords: { size: { eq: 1 } } }, ['Alpha', 'Beta']],
      [{ day: { lt: '2028-01-03' } }, ['Alpha', 'Beta']],
      [{ or: [{ name: { eq: 'Alpha' } }, { price: { eq: 4 } }] }, ['Alpha', 'Gamma 3']],
      [{ not: { name: { beginsWith: 'Gamma' } } }, ['Alpha', 'Beta']],
      [{ and: [{ status: { eq: 'DRAFT' } }, { price: { ge: 1 } }] }, ['Gamma_2']],
      // What has no price is not above one either.
      [{ not: { price: { gt: 2 } } }, ['Alpha', 'Beta', 'Gamma 100%']],
      [{ not: { name: { contains: 'a' }, price: { between: [0, 9] } } }, ['Beta']],
      [{ or: [{}, { name: { eq: 'Beta' } }] }, ['Alpha', 'Beta', 'Gamma 100%', 'Gamma_2', 'Gamma 3']],
      [{ not: { name: {} } }, []],
      [{ name: { eq: "' OR 1 = 1 --" } }, []],
    ] as const)
      expect([filter, await names({ and: [ours, filter] })]).toEqual([filter, expected])

    for (const [filter, message] of [
      ['keywords: { eq: "old" }', /^keywords is a list, .*contains.*not by eq\.$/],
      ['name: { attributeType: string }', /attributeType: name\.$/],
      ['starts_at: { gt: "yesterday" }', /^'yesterday' is no date and time/],
    ] as const)
      expect((await stage.ask(`{ listEvents(filter: { ${filter} }) { nextToken } }`)).errors).toMatchObject([
        { message: expect.stringMatching(message) },
      ])

    const some = { and: [ours, { name: { beginsWith: 'Gamma' } }] }
    const first = await list(some, ', limit: 2')
    expect(first.items.map(({ name }) => name)).toEqual(['Gamma 100%', 'Gamma_2'])
    const last = await list(some, `, limit: 2, nextToken: "${first.nextToken}"`)
    expect([last.items, last.nextToken]).toEqual([[{ name: 'Gamma 3' }], null])
    expect((await stage.ask('{ listEvents(nextToken: "x") { nextToken } }')).errors).toMatchObject([
      { message: 'Invalid pagination token given.' },
    ])
  })

  test('who may do what is decided as for every model', async () => {
    const [ada, bob] = [await stage.user('ada@example.com'), await stage.user('bob@example.com')]
    const write = (text: string, who = ada) =>
      stage.ask(`mutation { createDiary(input: { text: "${text}" }) { id owner text } }`, {}, who.headers)
    const { data } = await write('one')
    expect(data.createDiary).toMatchObject({ text: 'one', owner: ada.sub })
    for (const [text, who] of [
      ['two', bob],
      ['three', ada],
      ['four', bob],
    ] as const)
      await write(text, who)
    const read = async (who: typeof ada, more = '') =>
      (await stage.ask(`{ listDiaries(limit: 1 ${more}) { items { text } nextToken } }`, {}, who.headers))
        .data.listDiaries
    const seen: string[] = []
    for (let page = await read(ada); ; page = await read(ada, `, nextToken: "${page.nextToken}"`)) {
      seen.push(...page.items.map(({ text }: { text: string }) => text))
      if (!page.nextToken) break
    }
    expect(seen.sort()).toEqual(['one', 'three'])
    const { id } = data.createDiary
    for (const [operation, kind] of [
      [`{ getDiary(id: "${id}") { text } }`, 'getDiary'],
      [`mutation { updateDiary(input: { id: "${id}", text: "taken" }) { text } }`, 'updateDiary'],
      [`mutation { deleteDiary(input: { id: "${id}" }) { text } }`, 'deleteDiary'],
    ] as const) {
      const { data: answer, errors } = await stage.ask(operation, {}, bob.headers)
      expect([kind, answer[kind], errors?.[0]?.errorType]).toEqual([kind, null, 'Unauthorized'])
    }
    expect((await stage.ask('{ listDiaries { items { text } } }')).errors?.[0]?.errorType).toBe(
      'Unauthorized',
    )
    expect(await database.query(`SELECT text FROM diary WHERE id = '${id}'`)).toEqual([{ text: 'one' }])
  })

  test('statements answer with rows, and take arguments as values', async () => {
    await create({ ...numbered(20), name: "O'Hara; DROP TABLE seat --", status: 'DRAFT' })
    const { named } = await ask('query ($name: String!) { named(name: $name) { name status keywords } }', {
      name: "O'Hara; DROP TABLE seat --",
    })
    expect(named).toEqual([{ name: "O'Hara; DROP TABLE seat --", status: 'DRAFT', keywords: null }])
    const { sales } = await ask('{ sales { venue events open } }')
    expect(sales).toEqual([{ venue: 'Stadthalle', events: 1, open: false }])
    const user = await stage.user('counts@example.com')
    const [{ n }] = (await database.query('SELECT count(*) AS n FROM event')) as [{ n: unknown }]
    expect((await stage.ask('{ howMany }', {}, user.headers)).data.howMany).toBe(Number(n))
    expect((await stage.ask('{ howMany }')).errors?.[0]?.errorType).toBe('Unauthorized')
    // MySQL has no RETURNING.
    const { rename } = await ask('mutation { rename(id: 1, name: "Blues") { name keywords } }')
    expect(rename).toEqual(engine === 'postgresql' ? { name: 'Blues', keywords: [] } : null)
    expect(await database.query('SELECT name FROM event WHERE id = 1')).toEqual([{ name: 'Blues' }])
  })

  test('subscribers hear what is written', async () => {
    const client = await connect(stage.outputs.url, stage.withKey)
    await client.next('connection_ack')
    client.begin(
      'drafts',
      'subscription { onCreateEvent(filter: { status: { eq: "DRAFT" } }) { name venue { name } } }',
    )
    await client.next('start_ack')
    await create({ ...numbered(30), name: 'Loud', status: 'ON_SALE' }, 'name status')
    await create({ ...numbered(31), name: 'Quiet', status: 'DRAFT' }, 'name status venue { name }')
    const { payload } = await client.next('data')
    expect(payload.data.onCreateEvent).toEqual({ name: 'Quiet', venue: null })
    client.socket.close()
  })

  test('what the database refuses is an error, and leaves nothing behind', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
    for (const [operation, errorType, message] of [
      ['mutation { createSeat(input: { event_id: 999, code: "Z" }) { code } }', 'Lambda:Unhandled', GENERIC],
      ['{ broken }', 'Lambda:Unhandled', GENERIC],
      [
        'mutation { updateEvent(input: { id: 999, name: "x" }) { id } }',
        'ConditionalCheckFailedException',
        'The conditional request failed',
      ],
      [
        'mutation { updateEvent(input: { id: 1, name: "x" }, condition: { name: { eq: "y" } }) { id } }',
        'ConditionalCheckFailedException',
        'The conditional request failed',
      ],
      [
        'mutation { deleteEvent(input: { id: 1 }, condition: { price: { gt: 9 } }) { id } }',
        'ConditionalCheckFailedException',
        'The conditional request failed',
      ],
    ] as const)
      expect((await stage.ask(operation)).errors).toMatchObject([{ errorType, message }])
    const log = logged.mock.calls.flat().join('\n')
    logged.mockRestore()
    expect(log).toContain('nowhere')
    expect(log).not.toContain('topsecret')
    expect((await ask('{ getEvent(id: 1) { name } }')).getEvent).toEqual({ name: 'Blues' })
  })

  test('a reset is of the sandbox, not of a database that is somebody’s own', async () => {
    await ask('mutation { createNote(input: { text: "kept here" }) { id } }')
    const before = await database.query('SELECT count(*) AS n FROM event')
    await sandbox.reset()
    expect((await ask('{ listNotes { items { text } } }')).listNotes.items).toEqual([])
    expect(await database.query('SELECT count(*) AS n FROM event')).toEqual(before)
  })
})

test('a database that goes away and comes back is asked again', async () => {
  const database = await postgresql(POSTGRESQL)
  vi.stubEnv('TICKETS_DATABASE', database.uri)
  const folder = appWith({ 'amplify/backend.ts': backendOf('postgresql'), 'amplify/sales.sql': SALES })
  const sandbox = await startSandbox({ backend: join(folder, 'amplify') })
  onTestFinished(async () => {
    await sandbox.stop()
    await database.stop()
    vi.unstubAllEnvs()
  })
  const { ask } = speakTo(sandbox)
  const list = () => ask('{ listEvents { items { id } } }')
  expect((await list()).data).toEqual({ listEvents: { items: [] } })
  await database.away()
  expect((await list()).errors).toMatchObject([
    { message: expect.stringMatching(/^No connection to the database at /) },
  ])
  await database.back()
  expect((await list()).data).toEqual({ listEvents: { items: [] } })
})

test('with DEBUG_MODE the log has every statement, without its values', async () => {
  const database = await postgresql(POSTGRESQL)
  vi.stubEnv('TICKETS_DATABASE', database.uri)
  vi.stubEnv('DEBUG_MODE', 'true')
  const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
  const folder = appWith({ 'amplify/backend.ts': backendOf('postgresql'), 'amplify/sales.sql': SALES })
  const sandbox = await startSandbox({ backend: join(folder, 'amplify') })
  onTestFinished(async () => {
    logged.mockRestore()
    await sandbox.stop()
    await database.stop()
    vi.unstubAllEnvs()
  })
  const { data } = await speakTo(sandbox).ask('{ named(name: "a secret act") { id } }')
  expect(data).toEqual({ named: [] })
  const log = logged.mock.calls.flat().join('\n')
  expect(log).toContain('SELECT * FROM event WHERE name = $1')
  expect(log).not.toMatch(/a secret act|topsecret/)
})

test('without its secret a schema is served, and every request of its tables says what is missing', async () => {
  const folder = join(
    appWith({ 'amplify/backend.ts': backendOf('postgresql'), 'amplify/sales.sql': SALES }),
    'amplify',
  )
  const sandbox = await startSandbox({ backend: folder })
  const { ask } = speakTo(sandbox)
  expect((await ask('mutation { createNote(input: { text: "a" }) { text } }')).data).toEqual({
    createNote: { text: 'a' },
  })
  expect((await ask('{ listEvents { items { id } } }')).errors).toMatchObject([
    {
      message:
        'The connection string of the database is not set: start the sandbox with TICKETS_DATABASE in its environment.',
    },
  ])
  await sandbox.stop()
})

test.each([
  ['postgres://ada:topsecret@127.0.0.1:1/app', 'No connection to the database at 127.0.0.1:1: '],
  [
    'mysql://ada:topsecret@127.0.0.1:1/app',
    'is a connection string of mysql, and the schema is for postgresql.',
  ],
  ['postgres://ada:top%secret@127.0.0.1:1/app', 'The secret TICKETS_DATABASE is no connection string: '],
])('a database that cannot be reached is named, its password is not: %s', async (uri, message) => {
  vi.stubEnv('TICKETS_DATABASE', uri)
  const folder = join(
    appWith({ 'amplify/backend.ts': backendOf('postgresql'), 'amplify/sales.sql': SALES }),
    'amplify',
  )
  const sandbox = await startSandbox({ backend: folder })
  vi.unstubAllEnvs()
  const { errors } = await speakTo(sandbox).ask('{ listEvents { items { id } } }')
  expect(errors?.[0]?.message).toContain(message)
  expect(JSON.stringify(errors)).not.toMatch(/top%?secret/)
  await sandbox.stop()
})
