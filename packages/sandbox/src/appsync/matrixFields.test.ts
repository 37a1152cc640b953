import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  CALLERS,
  EVERYBODY,
  fillsIn,
  type ModelOperation,
  NAMING,
  openRulebook,
  REFUSED,
  type Rulebook,
  reach,
  SINGLE,
  STRATEGIES,
  sdlOf,
} from './rulebook.fixture.js'

// Who may see and set one field of rows that everybody may read and write: every strategy on the field, whole and read only.

const REQUESTS = [
  'get',
  'list',
  'create',
  'createWithout',
  'update',
  'empty',
  'updateOther',
  'delete',
] as const

let book: Rulebook
const rows = new Map<string, string>()
beforeAll(async () => {
  book = await openRulebook(
    Object.entries(SINGLE)
      .map(
        ([name, rules]) =>
          `type ${name} @model @auth(rules: [${sdlOf(EVERYBODY)}]) { text: String secret: String @auth(rules: [${sdlOf(rules)}]) ${NAMING} }`,
      )
      .join('\n'),
  )
  for (const name of Object.keys(SINGLE)) rows.set(name, await make(name))
})
afterAll(() => book.stop())

async function make(name: string): Promise<string> {
  const query = `mutation ($i: Create${name}Input!) { answer: create${name}(input: $i) { id } }`
  const { data, errors } = await book.send('root', query, { i: { text: 'x', secret: 's', ...book.mine } })
  if (errors) throw new Error(errors[0]!.message)
  return data.answer.id as string
}

function request(name: string, operation: (typeof REQUESTS)[number], id: string): [string, object] {
  const { team, teams, crew, crews } = book.mine
  const create = `mutation ($i: Create${name}Input!) { answer: create${name}(input: $i) { text } }`
  const update = `mutation ($i: Update${name}Input!) { answer: update${name}(input: $i) { text } }`
  switch (operation) {
    case 'get':
      return [`{ answer: get${name}(id: "${id}") { text secret } }`, {}]
    case 'list':
      return [`{ answer: list${name}s(filter: { id: { eq: "${id}" } }) { items { text secret } } }`, {}]
    case 'create':
      return [create, { i: { text: 'x', secret: 'mine', team, teams, crew, crews } }]
    case 'createWithout':
      return [create, { i: { text: 'x' } }]
    case 'update':
      return [update, { i: { id, secret: 's' } }]
    case 'empty':
      return [update, { i: { id, secret: null } }]
    case 'updateOther':
      return [update, { i: { id, text: 'x' } }]
    case 'delete':
      return [`mutation { answer: delete${name}(input: { id: "${id}" }) { text } }`, {}]
  }
}

const cells = Object.keys(SINGLE).flatMap((name) =>
  REQUESTS.flatMap((operation) => CALLERS.map((caller) => ({ name, operation, caller }))),
)

test.each(cells)('$name: $operation by $caller', async ({ name, operation, caller }) => {
  const rules = SINGLE[name]!
  const id = operation === 'delete' || operation === 'empty' ? await make(name) : rows.get(name)!
  const { data, errors } = await book.send(caller, ...request(name, operation, id))
  const sets = (verb: ModelOperation) => ['every row', 'his rows'].includes(reach(rules, verb, caller))

  if (operation === 'get' || operation === 'list') {
    const row = operation === 'get' ? data.answer : data.answer.items[0]
    expect(row).toEqual({ text: 'x', secret: sets(operation) ? 's' : null })
    const path = operation === 'get' ? ['answer', 'secret'] : ['answer', 'items', 0, 'secret']
    const message = `Not Authorized to access secret on type ${name}`
    if (sets(operation)) expect(errors).toBeUndefined()
    else expect(errors).toMatchObject([{ errorType: 'Unauthorized', message, path }])
    return
  }
  const isAllowed = {
    create: sets('create') || fillsIn(rules, caller),
    update: sets('update'),
    // Emptying a field is deleting it.
    empty: sets('update') && sets('delete'),
    createWithout: true,
    updateOther: true,
    // It takes the field along, and the rest of the row is for those who come by a wide way.
    delete: STRATEGIES[rules[0]![0]]!.isWide === true && sets('delete'),
  }[operation]
  if (!isAllowed) expect({ answer: data?.answer ?? null, type: errors?.[0]?.errorType }).toEqual(REFUSED)
  else expect({ data, errors }).toEqual({ data: { answer: { text: 'x' } }, errors: undefined })
})
