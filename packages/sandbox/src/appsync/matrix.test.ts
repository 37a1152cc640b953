import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  CALLERS,
  EVERYBODY,
  fillsIn,
  MODEL_OPERATIONS,
  NAMING,
  openRulebook,
  READS,
  REFUSED,
  type Rulebook,
  type Rules,
  reach,
  SINGLE,
  sdlOf,
} from './rulebook.fixture.js'
import { connect, type Message } from './socket.fixture.js'

// Who may do what with which rows: every strategy, whole, read only and mixed with others, by every operation and every caller,
// against the table of rulebook.fixture.ts, which says it in words.

const MODELS: Record<string, Rules> = {
  ...SINGLE,
  ...Object.fromEntries(
    MODEL_OPERATIONS.map((operation): [string, Rules] => [
      `Only${operation}`,
      [
        ['Users', [operation]],
        ['OidcOwner', ['create', operation]],
      ],
    ]),
  ),
  ReadByKeyWrittenByOwner: [
    ['PublicKey', READS],
    ['Owner', MODEL_OPERATIONS],
  ],
  OwnedButAdministered: [
    ['Owner', ['create', 'get', 'list', 'update']],
    ['Group', ['get', 'list', 'listen', 'delete']],
  ],
  OwnedOrOfATeam: [
    ['OidcOwner', ['create', 'get', 'listen']],
    ['Team', ['list', 'update']],
    ['Lambda', ['delete', 'listen']],
  ],
}

const WRITES = ['create', 'update', 'delete'] as const
const REQUESTS = ['create', 'createForOthers', 'get', 'list', 'update', 'delete'] as const
const plural = (name: string) => (/s$/.test(name) ? `${name}es` : `${name}s`)

let book: Rulebook
/** A row of each model that names those who may be named. */
const rows = new Map<string, string>()
beforeAll(async () => {
  book = await openRulebook(
    [
      ...Object.entries(MODELS).map(
        ([name, rules]) => `type ${name} @model @auth(rules: [${sdlOf(rules)}]) { text: String ${NAMING} }`,
      ),
      `type Bell @model @auth(rules: [${sdlOf(EVERYBODY)}]) { text: String }`,
    ].join('\n'),
  )
  for (const name of Object.keys(MODELS)) rows.set(name, await make(name, book.mine))
})
afterAll(() => book.stop())

async function make(name: string, input: object): Promise<string> {
  const query = `mutation ($i: Create${name}Input!) { answer: create${name}(input: $i) { id text ${SELECTED} } }`
  const { data, errors } = await book.send('root', query, { i: { text: 'x', ...input } })
  if (errors) throw new Error(errors[0]!.message)
  return data.answer.id as string
}
const SELECTED = 'owner owners holder desk team teams crew crews'

function request(name: string, operation: (typeof REQUESTS)[number], id: string): [string, object] {
  const { team, teams, crew, crews } = book.mine
  const create = `mutation ($i: Create${name}Input!) { answer: create${name}(input: $i) { id } }`
  switch (operation) {
    case 'create':
      return [create, { i: { text: 'y', team, teams, crew, crews } }]
    case 'createForOthers':
      return [create, { i: { text: 'y', ...book.mine } }]
    case 'get':
      return [`{ answer: get${name}(id: "${id}") { id } }`, {}]
    case 'list':
      return [`{ answer: list${plural(name)}(filter: { id: { eq: "${id}" } }) { items { id } } }`, {}]
    case 'update':
      return [`mutation { answer: update${name}(input: { id: "${id}", text: "z" }) { id } }`, {}]
    case 'delete':
      return [`mutation { answer: delete${name}(input: { id: "${id}" }) { id } }`, {}]
  }
}

const cells = Object.keys(MODELS).flatMap((name) =>
  REQUESTS.flatMap((operation) => CALLERS.map((caller) => ({ name, operation, caller }))),
)

test.each(cells)('$name: $operation by $caller', async ({ name, operation, caller }) => {
  const rules = MODELS[name]!
  const id = operation === 'delete' ? await make(name, book.mine) : rows.get(name)!
  const { data, errors } = await book.send(caller, ...request(name, operation, id))
  const may = reach(rules, operation === 'createForOthers' ? 'create' : operation, caller)
  const reaches =
    may === 'every row' || may === 'his rows' || (operation === 'create' && fillsIn(rules, caller))

  if (operation === 'list' && may === 'other rows') {
    expect({ data, errors }).toEqual({ data: { answer: { items: [] } }, errors: undefined })
  } else if (!reaches) {
    expect({ answer: data?.answer ?? null, type: errors?.[0]?.errorType }).toEqual(REFUSED)
  } else {
    expect(errors).toBeUndefined()
    if (operation === 'list') expect(data.answer.items).toEqual([{ id }])
    else expect(data.answer.id).toEqual(operation.startsWith('create') ? expect.any(String) : id)
  }
})

describe('subscriptions', () => {
  /** `OwnerAll onCreate ada` → refused, or which rows were heard of. */
  const heard = new Map<string, 'refused' | string[]>()
  /** Of each model: a row that names those who may be named, and one that names nobody. */
  const watched = new Map<string, { mine: string; nobodys: string }>()
  const idOf = (name: string, verb: string) => `${name} ${verb}`

  beforeAll(async () => {
    const sockets = await Promise.all(
      CALLERS.map(async (caller) => [caller, await listenTo(caller)] as const),
    )
    for (const name of Object.keys(MODELS)) {
      const [mine, nobodys] = [await make(name, book.mine), await make(name, {})]
      watched.set(name, { mine, nobodys })
      for (const id of [mine, nobodys]) {
        const change = `mutation { update${name}(input: { id: "${id}", text: "z" }) { id ${SELECTED} } delete${name}(input: { id: "${id}" }) { id ${SELECTED} } }`
        expect((await book.send('root', change)).errors).toBeUndefined()
      }
    }
    // Whoever hears the bell has heard whatever else there was to hear.
    await book.send('root', 'mutation { createBell(input: { text: "ding" }) { id } }')
    for (const [caller, client] of sockets) {
      await client.next('data', 'bell')
      for (const { id, payload } of client.received.filter((each) => each.type === 'data')) {
        const [row] = Object.values(payload.data as Record<string, { id: string }>)
        ;(heard.get(`${id} ${caller}`) as string[]).push(row!.id)
      }
      client.socket.close()
    }
  })

  /** Subscribes to everything, and notes what was refused. */
  async function listenTo(caller: string) {
    const client = await connect(book.outputs.url, book.as(caller, '{}', '/graphql/connect'))
    await client.next('connection_ack')
    const begin = (id: string, query: string) =>
      client.begin(id, query, {}, book.as(caller, JSON.stringify({ query, variables: {} })))
    begin('bell', 'subscription { onCreateBell { id } }')
    await client.next('start_ack', 'bell')
    for (const name of Object.keys(MODELS)) {
      for (const verb of WRITES) {
        const id = idOf(name, verb)
        begin(id, `subscription { on${verb[0]!.toUpperCase()}${verb.slice(1)}${name} { id } }`)
        const { type, payload } = await answerTo(client, id)
        heard.set(`${id} ${caller}`, type === 'start_ack' ? [] : 'refused')
        if (type === 'error') expect(payload.errors[0].errorType).toBe('Unauthorized')
      }
    }
    return client
  }

  const answerTo = ({ next }: Awaited<ReturnType<typeof connect>>, id: string): Promise<Message> =>
    Promise.race([next('start_ack', id), next('error', id)])

  const subscriptions = Object.keys(MODELS).flatMap((name) =>
    WRITES.flatMap((verb) => CALLERS.map((caller) => ({ name, verb, caller }))),
  )
  test.each(subscriptions)('$name: news of $verb for $caller', ({ name, verb, caller }) => {
    const { mine, nobodys } = watched.get(name)!
    const expected = {
      'every row': [mine, nobodys],
      'his rows': [mine],
      'other rows': [],
      nothing: 'refused',
    }[reach(MODELS[name]!, 'listen', caller)]
    expect(heard.get(`${idOf(name, verb)} ${caller}`)).toEqual(expected)
  })
})
