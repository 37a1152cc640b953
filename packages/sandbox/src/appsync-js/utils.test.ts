import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { speakTo } from '../appsync/stage.fixture.js'
import { type Sandbox, startSandbox } from '../sandbox.js'

// `@aws-appsync/utils` from inside a resolver on the sandbox: each line is JavaScript that a resolver runs, and what it gives. The values
// are those of the service's pages where they have some, and of the specifications that they name.

const AT = Date.UTC(2024, 1, 29, 15, 4, 5, 67)

const LINES: [script: string, value: unknown][] = [
  [`util.authType()`, 'API Key Authorization'],
  [`util.matches('^a+$', 'aaa')`, true],
  [`util.matches('^a+$', 'aab')`, false],
  [`util.escapeJavaScript('say "hi", it\\'s\\n')`, `say \\"hi\\", it\\'s\\n`],
  [`util.urlEncode('a b&c=é')`, 'a+b%26c%3D%C3%A9'],
  [`util.urlDecode('a+b%26c%3D%C3%A9')`, 'a b&c=é'],
  [`util.base64Encode('füür 🔥')`, Buffer.from('füür 🔥').toString('base64')],
  [`util.base64Decode('${Buffer.from('füür 🔥').toString('base64')}')`, 'füür 🔥'],
  [`['', 'f', 'fo', 'foo'].map(util.base64Encode)`, ['', 'Zg==', 'Zm8=', 'Zm9v']],

  [`util.time.epochMilliSecondsToISO8601(${AT})`, '2024-02-29T15:04:05.067Z'],
  [`util.time.epochMilliSecondsToSeconds(${AT})`, Math.floor(AT / 1000)],
  [`util.time.parseISO8601ToEpochMilliSeconds('2024-02-29T17:04:05.067+02:00')`, AT],
  [`util.time.epochMilliSecondsToFormatted(${AT}, 'yyyy-MM-dd HH:mm:ssZ')`, '2024-02-29 15:04:05+0000'],
  [
    `util.time.epochMilliSecondsToFormatted(${AT}, "EEEE, d. MMM yy 'at' h:mm a XXX", '+05:30')`,
    'Thursday, 29. Feb 24 at 8:34 PM +05:30',
  ],
  [
    `util.time.epochMilliSecondsToFormatted(${AT}, 'yyyy-MM-dd HH:mm:ss.SSSXXX', 'Australia/Perth')`,
    '2024-02-29 23:04:05.067+08:00',
  ],
  // Summer there, and not six months later.
  [
    `util.time.epochMilliSecondsToFormatted(${Date.UTC(2024, 6, 1)}, 'MM-dd HH:mm', 'America/Los_Angeles')`,
    '06-30 17:00',
  ],
  [
    `util.time.epochMilliSecondsToFormatted(${Date.UTC(2024, 11, 1)}, 'MM-dd HH:mm', 'America/Los_Angeles')`,
    '11-30 16:00',
  ],
  [
    `util.time.parseFormattedToEpochMilliSeconds('2024-02-29 15:04:05.067+0000', 'yyyy-MM-dd HH:mm:ss.SSSZ')`,
    AT,
  ],
  [
    `util.time.parseFormattedToEpochMilliSeconds('29.02.2024 23:04', 'dd.MM.yyyy HH:mm', 'Australia/Perth')`,
    Date.UTC(2024, 1, 29, 15, 4),
  ],
  // The hour that summer time begins with, seen from both sides.
  [
    `['09:59', '03:00'].map((time) => util.time.parseFormattedToEpochMilliSeconds('2024-03-10 ' + time, 'yyyy-MM-dd HH:mm', time === '03:00' ? 'America/Los_Angeles' : 'UTC'))`,
    [Date.UTC(2024, 2, 10, 9, 59), Date.UTC(2024, 2, 10, 10)],
  ],
  [`failing(() => util.time.nowFormatted('yyyy', 'Mars/Olympus'))`, /time zone Mars\/Olympus is not known/],
  [`failing(() => util.time.parseISO8601ToEpochMilliSeconds('soon'))`, /Unable to parse soon/],

  [`util.str.toUpper('größe') + util.str.toLower('ÄB')`, 'GRÖSSEäb'],
  [`util.str.toReplace('a.b.c', '.', '-')`, 'a-b-c'],
  [`util.str.normalize('e\\u0301', 'nfc')`, 'é'],
  [`[util.math.roundNum(2.5), util.math.minVal(2, 3), util.math.maxVal(2, 3)]`, [3, 2, 3]],
  [
    `Array.from({ length: 99 }, () => util.math.randomWithinRange(3, 6)).every((each) => [3, 4, 5].includes(each))`,
    true,
  ],
  [`Array.from({ length: 99 }, util.math.randomDouble).every((each) => each >= 0 && each < 1)`, true],
  [`util.http.copyHeaders({ Host: 'a', Authorization: 'b', 'x-mine': 'c' })`, { 'x-mine': 'c' }],

  [
    `util.dynamodb.toMapValues({ s: 'x', n: 1, b: true, z: null, l: [1, 'a'], m: { d: 2 }, u: undefined })`,
    {
      s: { S: 'x' },
      n: { N: 1 },
      b: { BOOL: true },
      z: { NULL: null },
      l: { L: [{ N: 1 }, { S: 'a' }] },
      m: { M: { d: { N: 2 } } },
    },
  ],
  [`[util.dynamodb.toDynamoDBJson(['a'])]`, ['{"L":[{"S":"a"}]}']],
  [`util.dynamodb.toStringSet(['a', 'b'])`, { SS: ['a', 'b'] }],
  [`util.dynamodb.toNumberSet([1, 2])`, { NS: [1, 2] }],
  [
    `[ddb.toStringSet(['a']), ddb.toNumberSet([1]), ddb.toBinarySet(['YQ=='])]`,
    [{ SS: ['a'] }, { NS: [1] }, { BS: ['YQ=='] }],
  ],
  [
    `ddb.put({ key: { id: 'a' }, item: { tags: ddb.toStringSet(['a']), other: { SS: ['a'] } } }).attributeValues`,
    { tags: { SS: ['a'] }, other: { M: { SS: { L: [{ S: 'a' }] } } } },
  ],
  [`[util.dynamodb.toNull(), util.dynamodb.toBoolean(true)]`, [{ NULL: null }, { BOOL: true }]],
  [
    `JSON.parse(util.dynamodb.toS3Object('key', 'bucket', 'region').S)`,
    { s3: { key: 'key', bucket: 'bucket', region: 'region' } },
  ],
  [
    `JSON.parse(util.transform.toDynamoDBFilterExpression({ title: { beginsWith: 'A' }, or: [{ n: { gt: 1 } }, { n: { attributeExists: false } }] }))`,
    {
      expression: '(begins_with(#title, :v0)) AND (((#n1 > :v1)) OR ((attribute_not_exists(#n1))))',
      expressionNames: { '#title': 'title', '#n1': 'n' },
      expressionValues: { ':v0': { S: 'A' }, ':v1': { N: 1 } },
    },
  ],
  [
    `util.transform.toSubscriptionFilter({ team: { eq: 'red' }, secret: { eq: 1 }, or: [{ n: { gt: 1 } }, { n: { in: [0] } }] }, ['secret'], { open: { eq: true } })`,
    {
      filterGroup: [
        [{ fieldName: 'n', operator: 'gt', value: 1 }],
        [{ fieldName: 'n', operator: 'in', value: [0] }],
      ].map((own) => ({
        filters: [
          { fieldName: 'team', operator: 'eq', value: 'red' },
          ...own,
          { fieldName: 'open', operator: 'eq', value: true },
        ],
      })),
    },
  ],

  [`util.autoId()`, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/],
  [`util.autoId() !== util.autoId()`, true],
  // Both begin with the time: https://github.com/ulid/spec, https://github.com/segmentio/ksuid
  [
    `[...util.autoUlid().slice(0, 10)].reduce((sum, letter) => sum * 32 + '0123456789ABCDEFGHJKMNPQRSTVWXYZ'.indexOf(letter), 0) === util.time.nowEpochMilliSeconds()`,
    true,
  ],
  [`util.autoUlid()`, /^[0-7][\dA-HJKMNP-TV-Z]{25}$/],
  [`util.autoKsuid()`, /^[\dA-Za-z]{27}$/],
  [`util.time.nowEpochSeconds() === Math.floor(Date.parse(util.time.nowISO8601()) / 1000)`, true],
  [`extensions.evictFromApiCache('Query', 'x', {})`, 0],
]

const RESOLVER = `import { extensions, util } from '@aws-appsync/utils'
import * as ddb from '@aws-appsync/utils/dynamodb'
const failing = (work) => { try { return work() } catch (error) { return error.message } }
const lines = [${LINES.map(([script]) => `() => ${script}`).join(',\n')}]
export const request = (ctx) => ({ payload: lines[ctx.args.line]() })
export const response = (ctx) => ctx.result`

let sandbox: Sandbox
beforeAll(async () => {
  const app = mkdtempSync(join(tmpdir(), 'backline-utils-'))
  const folder = join(app, 'amplify')
  mkdirSync(folder)
  writeFileSync(join(folder, 'line.js'), RESOLVER)
  writeFileSync(
    join(folder, 'backend.ts'),
    `import { a, defineBackend, defineData } from '@aws-amplify/backend'
const schema = a.schema({
  line: a.query().arguments({ line: a.integer().required() }).returns(a.json()).handler(a.handler.custom({ entry: './line.js' })).authorization((allow) => [allow.publicApiKey()]),
})
defineBackend({ data: defineData({ schema, authorizationModes: { defaultAuthorizationMode: 'apiKey' } }) })`,
  )
  sandbox = await startSandbox({ backend: folder })
  rmSync(app, { recursive: true })
})
afterAll(() => sandbox.stop())

test.each(LINES.map(([script, value], line) => ({ script, value, line })))(
  '$script',
  async ({ value, line }) => {
    const { data, errors } = await speakTo(sandbox).ask(`{ line(line: ${line}) }`)
    expect(errors).toBeUndefined()
    const found: unknown = JSON.parse(data.line)
    if (value instanceof RegExp) expect(found).toMatch(value)
    else expect(found).toEqual(value)
  },
)
