import { readFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { type Column, readTables, type Table } from './catalog.js'
import { mariadb } from './mariadb.fixture.js'
import { schemaFile } from './schemaFile.js'
import { readWritten } from './writtenFile.js'

const OPTIONS = {
  engine: 'postgresql',
  host: 'localhost',
  port: 55433,
  database: 'events',
  connectionUriSecret: 'SQL_CONNECTION_STRING',
  modules: {
    a: '@aws-amplify/data-schema',
    configure: '@aws-amplify/data-schema/internals',
    secret: '@aws-amplify/backend',
  },
} as const

function table(name: string, columns: Record<string, Partial<Column>>, more: Partial<Table> = {}): Table {
  return {
    name,
    isView: false,
    isReadable: true,
    key: [Object.keys(columns)[0]!],
    columns: Object.entries(columns).map(([name, column]) => ({
      name,
      type: 'string',
      isArray: false,
      isRequired: false,
      isCounted: false,
      ...column,
    })),
    ...more,
  }
}

/** The models and enums of a file, without spaces. */
function madeOf(tables: readonly Table[]) {
  const { text, omissions } = schemaFile(tables, OPTIONS)
  return { entries: Object.fromEntries(readWritten(text).entries), omissions }
}

test('a database has the name in a deployed stack that the official generator gives it', () => {
  const tables = [table('tag', { name: {} })]
  expect(schemaFile(tables, OPTIONS).text).toContain('identifier: "IDNh0rVWmJ0q9ALFOKjAkAg"')
  expect(schemaFile(tables, { ...OPTIONS, engine: 'mysql', port: 53306 }).text).toContain(
    'identifier: "IDKOrQUzJeN1LnKO716j1IiA"',
  )
})

test('what AWS knows of a database stays, as long as it is the same database', () => {
  const tables = [table('tag', { name: {} })]
  const fresh = schemaFile(tables, OPTIONS).text
  const secret = 'connectionUri: secret("SQL_CONNECTION_STRING")'
  const known = fresh.replace(
    secret,
    `${secret},
        vpcConfig: {
            vpcId: "vpc-1",
            securityGroupIds: [
                "sg-1",
                "sg-2"
            ],
            subnetAvailabilityZones: [
                {
                    subnetId: "subnet-1",
                    availabilityZone: "eu-central-1a"
                }
            ]
        }`,
  )
  expect(known).not.toBe(fresh)
  expect(schemaFile(tables, OPTIONS, readWritten(known)).text).toBe(known)
  expect(schemaFile(tables, { ...OPTIONS, host: 'elsewhere' }, readWritten(known)).text).not.toContain('vpc')
})

test('a column that the database counts up has its default', () => {
  const counted = { type: 'integer', isCounted: true, isRequired: true } as const
  expect(
    madeOf([
      table('counter', { id: counted, odd: { ...counted, type: 'float' } }),
      table('line', { order: {}, number: counted, count: counted }, { key: ['order', 'number'] }),
    ]).entries,
  ).toEqual({
    counter: 'a.model({id:a.integer().default(),odd:a.float().required()}).identifier(["id"])',
    line: 'a.model({order:a.string(),number:a.integer().required().default(),count:a.integer().default()}).identifier(["order","number"])',
  })
})

test('what GraphQL has no name for is left out and named', () => {
  const { entries, omissions } = madeOf([
    table('log-2027', { id: {} }),
    table('Query', { id: {} }),
    table('order', { id: {}, 'net price': {}, '2nd': {}, __typename: {}, _note: {} }),
    table('pair', { 'left id': {}, right: {} }, { key: ['right', 'left id'] }),
    table('hidden', { id: {} }, { isReadable: false }),
    table('keyless', { id: {} }, { key: [] }),
    table('total', { id: {} }, { key: [], isView: true }),
  ])
  expect(entries).toEqual({ order: 'a.model({id:a.string(),_note:a.string()}).identifier(["id"])' })
  expect(omissions).toEqual([
    'log-2027: its name cannot be one in GraphQL, which takes letters, digits and underscores',
    'Query: GraphQL keeps its name for itself',
    'pair: of "left id" in its primary key, its name cannot be one in GraphQL, which takes letters, digits and underscores',
    'hidden: permission denied, its rows could not be read',
    'keyless: it has no primary key',
    'total: it is a view, which has no primary key',
    'order.net price: its name cannot be one in GraphQL, which takes letters, digits and underscores',
    'order.2nd: its name cannot be one in GraphQL, which takes letters, digits and underscores',
    'order.__typename: its name cannot be one in GraphQL, which takes letters, digits and underscores',
  ])
})

test('an enum is one of GraphQL where its values can be, under a name of its own', () => {
  const { entries, omissions } = madeOf([
    table('_job', { id: {}, state: { type: ['OPEN', 'DONE'], isRequired: true } }),
    table('JobState', { id: {}, mood: { type: ['in progress', 'done'] }, answer: { type: ['true'] } }),
  ])
  expect(Object.entries(entries)).toEqual([
    ['_job', 'a.model({id:a.string(),state:a.ref("JobState0").required()}).identifier(["id"])'],
    ['JobState', 'a.model({id:a.string(),mood:a.string(),answer:a.string()}).identifier(["id"])'],
    ['JobState0', 'a.enum(["OPEN","DONE"])'],
  ])
  expect(omissions).toEqual([
    'The values of JobState.mood, which is a string therefore: "in progress" cannot be a value of an enum in GraphQL',
    'The values of JobState.answer, which is a string therefore: "true" cannot be a value of an enum in GraphQL',
  ])
})

test('a key that a model cannot have is named', () => {
  const { entries, omissions } = madeOf([
    table('flag', { isOn: { type: 'boolean' } }),
    table('shape', { is: { type: 'json' } }),
    table('path', { steps: { isArray: true } }),
    table('mood', { name: { type: ['GOOD', 'BAD'], isRequired: true } }),
  ])
  expect(entries).toEqual({ mood: 'a.model({name:a.string().required()}).identifier(["name"])' })
  expect(omissions).toEqual([
    'flag: its primary key has "isOn", and keys of models are strings and numbers',
    'shape: its primary key has "is", and keys of models are strings and numbers',
    'path: its primary key has "steps", and keys of models are strings and numbers',
    'The values of mood.name, which is a string therefore: keys of models are strings and numbers',
  ])
})

test('the tables of MySQL become the models that the official generator makes of them', async () => {
  const recorded = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8')
  const { db, stop } = await mariadb(recorded('./events.mysql.sql'))
  onTestFinished(stop)
  const tables = await readTables(db)
  const { text } = schemaFile(tables, { ...OPTIONS, engine: 'mysql', port: 53306, sslCertSecret: 'CERT' })
  const [ours, theirs] = [readWritten(text), readWritten(recorded('./events.mysql.official.txt'))]
  expect(ours.head).toBe(theirs.head)
  // Theirs come in no order.
  expect(Object.fromEntries(ours.entries)).toEqual(Object.fromEntries(theirs.entries))
})
