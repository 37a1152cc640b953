import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { appWith } from './amplify.fixture.js'
import { speakTo } from './appsync/stage.fixture.js'
import { runGenerate } from './generate.js'
import { startSandbox } from './sandbox.js'
import { postgresql } from './sql/postgresql.fixture.js'
import { readWritten } from './sql/writtenFile.js'

const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'sql', name), 'utf8')

/** One database for all: it takes seconds to start. */
let events: Awaited<ReturnType<typeof postgresql>>
beforeAll(async () => {
  events = await postgresql(fixture('events.postgresql.sql'))
  return events.stop
})

/** Runs the command to its end, with the connection string in the secret that it names. */
async function run(out: string, { uri = events.uri, args = [] as string[] } = {}) {
  const said: string[] = []
  const keep = (...words: unknown[]) => void said.push(words.join(' '))
  const spies = [
    vi.spyOn(console, 'log').mockImplementation(keep),
    vi.spyOn(console, 'error').mockImplementation(keep),
  ]
  vi.stubEnv('SQL_CONNECTION_STRING', uri)
  try {
    const given = ['--connection-uri-secret', 'SQL_CONNECTION_STRING', '--out', out]
    const code = await runGenerate(['schema-from-database', ...given, ...args])
    const text = said.join('\n').replaceAll(out, '<out>')
    expect(text).not.toContain('topsecret')
    return { code, text }
  } finally {
    vi.unstubAllEnvs()
    for (const spy of spies) spy.mockRestore()
  }
}

/** Where a PostgreSQL lets nobody in, for this reason. https://www.postgresql.org/docs/current/protocol-message-formats.html */
async function refusing(code: string): Promise<string> {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0Mrefused\0\0`)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(fields.length + 4)
  const server = createServer((socket) =>
    socket.once('data', () => socket.end(Buffer.concat([Buffer.from('E'), length, fields]))),
  )
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

function newFile(): string {
  return join(appWith({}), 'amplify/data/schema.sql.ts')
}

/** The official generator has no order of the values of an enum; and it wants a certificate. */
function tidy(text: string): string {
  return text
    .replace(/identifier: "\w+"/, 'identifier: "…"')
    .replace(/,\n *sslCert: .*/, '')
    .replace(/(a\.enum\(\[)([^\]]*)\]/g, (_, begin: string, values: string) =>
      [begin, ...(values.match(/"\w+"/g) ?? []).sort()].join(' '),
    )
}

test('the sandbox serves the tables by the file that was written, beside models of its own', async () => {
  const app = appWith({
    'amplify/backend.ts': `import { a, defineBackend, defineData } from '@aws-amplify/backend'
import { schema as generatedSqlSchema } from './data/schema.sql'
const sqlSchema = generatedSqlSchema
  .authorization((allow) => allow.publicApiKey())
  .setRelationships((models) => [
    models.event.relationships({ types: a.hasMany('ticket_type', 'event_id') }),
    models.ticket_type.relationships({ event: a.belongsTo('event', 'event_id') }),
  ])
const own = a.schema({ Note: a.model({ text: a.string() }).authorization((allow) => [allow.publicApiKey()]) })
defineBackend({
  data: defineData({
    schema: a.combine([own, sqlSchema]),
    authorizationModes: { defaultAuthorizationMode: 'apiKey', apiKeyAuthorizationMode: { expiresInDays: 7 } },
  }),
})`,
  })
  await run(join(app, 'amplify/data/schema.sql.ts'))
  vi.stubEnv('SQL_CONNECTION_STRING', events.uri)
  const sandbox = await startSandbox({ backend: join(app, 'amplify') })
  onTestFinished(async () => {
    vi.unstubAllEnvs()
    await sandbox.stop()
  })
  const { data, errors } = await speakTo(sandbox).ask(
    '{ listEvents(filter: { status: { eq: ON_SALE } }) { items { id name day keywords types { items { code price } } } nextToken } listNotes { items { id } } }',
  )
  expect(errors).toBeUndefined()
  expect(data).toEqual({
    listEvents: {
      items: [
        {
          id: 1,
          name: 'Jazz im Hof',
          day: '2027-06-12',
          keywords: ['jazz', 'summer'],
          types: {
            items: [
              { code: 'STD', price: 24.5 },
              { code: 'VIP', price: 80 },
            ],
          },
        },
      ],
      nextToken: null,
    },
    listNotes: { items: [] },
  })
})

test('the tables of PostgreSQL become the file that the official generator makes of them', async () => {
  const out = newFile()
  expect(await run(out)).toEqual({
    code: 0,
    text: [
      'Wrote <out>: 11 models of the database postgres.',
      'Left out:',
      '  auditLog: it has no primary key',
      '  upcoming: it is a view, which has no primary key',
    ].join('\n'),
  })
  const text = readFileSync(out, 'utf8')
  expect(tidy(text)).toBe(tidy(fixture('events.postgresql.official.txt')))
  // The one whose types are looked at.
  expect(readWritten(fixture('events.fixture.ts')).entries).toEqual(readWritten(text).entries)
})

test.for([
  [
    'a rule',
    ['"id"\n    ])', '"id"\n    ]).authorization((allow) => allow.guest())'],
    'was changed by hand, at customer',
  ],
  [
    'a type that no generator chooses',
    ['"email": a.string', '"email": a.email'],
    'was changed by hand, at customer',
  ],
  ['a comment', ['"email"', '// mail\n"email"'], 'was changed by hand: it has comments'],
  ['an import', ['import', 'import "x"; import'], 'was changed by hand, before the first of its models'],
  [
    'another value',
    ['});\n', '});\nexport const more = 1\n'],
    'was changed by hand, after the last of its models',
  ],
  ['nonsense', ['});\n', '});\n(('], 'was changed by hand: it cannot be read'],
  ['all of it', [/^[\s\S]*$/, 'export const schema = {}\n'], 'is not a file of a generated schema'],
] as const)('a file in which somebody wrote %s is left alone', async ([, [what, instead], why]) => {
  const out = newFile()
  await run(out)
  const own = readFileSync(out, 'utf8').replace(what, instead)
  writeFileSync(out, own)
  expect(await run(out)).toEqual({ code: 1, text: expect.stringContaining(`<out> ${why}, so it is left`) })
  expect(readFileSync(out, 'utf8')).toBe(own)
})

test('the schema says what it imports under the names that the files beside it use', async () => {
  const heads: string[] = []
  for (const name of [
    '@aws-amplify/backend',
    'backline/backend',
    'aws-amplify/backend',
    '@backline/schema',
  ]) {
    const app = appWith({ 'amplify/data/resource.ts': `import { a } from '${name}'\n` })
    const out = join(app, 'amplify/data/schema.sql.ts')
    await run(out)
    heads.push(...(readFileSync(out, 'utf8').match(/^import.*$/gm) ?? []))
  }
  expect(heads).toEqual([
    'import { a } from "@aws-amplify/data-schema";',
    'import { configure } from "@aws-amplify/data-schema/internals";',
    'import { secret } from "@aws-amplify/backend";',
    'import { a, configure } from "backline/schema";',
    'import { secret } from "backline/backend";',
    'import { a, configure } from "aws-amplify/schema";',
    'import { secret } from "aws-amplify/backend";',
    'import { a, configure } from "@backline/schema";',
    'import { secret } from "@backline/schema/backend";',
  ])
})

test('what keeps it from the tables is said, and nothing is written', async () => {
  const out = newFile()
  const says = async (uri: string, ...args: string[]) => (await run(out, { uri, args })).text
  expect(await says('')).toBe(
    'The secret SQL_CONNECTION_STRING is not set: give it to this command as an environment variable of that name.',
  )
  for (const uri of [
    'topsecret',
    'http://ada:topsecret@db/x',
    'postgres://ada:topsecret@db',
    'mysql://a:top#secret@db/x',
  ])
    expect(await says(uri)).toBe(
      'The secret SQL_CONNECTION_STRING is no connection string: postgres://user:password@host:port/database or mysql://… is one, with %23 for # and the like in names and passwords.',
    )
  expect(await says('mysql://ada:topsecret@127.0.0.1:1/shop')).toBe(
    'No connection to the database at 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1.',
  )
  for (const [code, why] of [
    [
      '28P01',
      "The database at <host> does not let 'ada' in: the password is wrong, or there is no such user.",
    ],
    ['3D000', "There is no 'shop' in the database at <host>."],
    ['42501', "'ada' may not use 'shop' of the database at <host>."],
    ['53300', 'No connection to the database at <host>: refused.'],
  ] as const) {
    const host = await refusing(code)
    expect(await says(`postgres://ada:topsecret@${host}/shop`)).toBe(why.replace('<host>', host))
  }
  expect(await says(events.uri, '--ssl-cert-secret', 'NO_SUCH_CERT')).toContain(
    'The secret NO_SUCH_CERT is not set',
  )
  expect(await says(events.uri, '--branch', 'main')).toContain('--branch names a backend on AWS')
  expect(await says(events.uri, '--out', '')).toContain('--out needs the name of a file')
  expect(existsSync(out)).toBe(false)
  expect(await says(events.uri, '--connection-uri-secret', '')).toContain(
    '--connection-uri-secret is missing.',
  )
})

// The last two, as they change the database.
test('a file is written again only where the database says something new, which is named', async () => {
  const out = newFile()
  await run(out)
  // As a formatter would have it.
  const formatted = readFileSync(out, 'utf8').replace(/ {4}/g, '  ').replaceAll('"', "'").replaceAll(';', '')
  writeFileSync(out, formatted)
  expect((await run(out)).text).toContain('<out> is what the database postgres says.')
  expect(readFileSync(out, 'utf8')).toBe(formatted)

  await events.db.exec(`
    ALTER TABLE event ADD url text;
    ALTER TABLE review DROP stars;
    ALTER TABLE venue ALTER name DROP NOT NULL;
    ALTER TABLE session DROP CONSTRAINT session_pkey, ALTER data TYPE text, ADD PRIMARY KEY (token, data);
    ALTER TABLE payment DROP CONSTRAINT payment_pkey, ADD PRIMARY KEY (id, amount);
    DROP TABLE setting;
    CREATE TABLE guest (id uuid PRIMARY KEY)`)
  expect((await run(out)).text.split('\n').slice(0, 9)).toEqual([
    'Wrote <out>: 11 models of the database postgres.',
    '  event.url: new',
    '  payment: .identifier(["id","amount"]), was .identifier(["id"])',
    '  review.stars: gone',
    '  session.data: a.string().required(), was a.json().required()',
    '  setting: gone',
    '  venue.name: a.string(), was a.string().required()',
    '  guest: new',
    'Left out:',
  ])
})

test('a database without tables, or without keys, is no schema', async () => {
  const out = newFile()
  await events.db.exec('DROP SCHEMA public CASCADE; CREATE SCHEMA public')
  expect(await run(out)).toEqual({
    code: 1,
    text: 'The database postgres has no tables, so there is nothing to write. Of PostgreSQL, the tables of the schema "public" are read.',
  })
  await events.db.exec('CREATE TABLE line (text text)')
  expect(await run(out)).toEqual({
    code: 1,
    text: 'No table of the database postgres can be a model, so there is nothing to write:\n  line: it has no primary key',
  })
})
