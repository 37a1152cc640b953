import { afterAll, beforeAll, expect, test } from 'vitest'
import { CALLERS, openRulebook, REFUSED, type Rulebook, STRATEGIES } from './rulebook.fixture.js'
import { connect } from './socket.fixture.js'

// Who may call custom operations: every strategy that needs no row, and two together, by query, mutation and subscription and caller.

const RULES: Record<string, string[]> = {
  ...Object.fromEntries(
    Object.entries(STRATEGIES)
      .filter(([, { all }]) => all)
      .map(([name]) => [name, [name]]),
  ),
  KeyOrGroup: ['PublicKey', 'Group'],
  LambdaOrOidcGroup: ['Lambda', 'OidcGroup'],
  /** Says nothing, and is for who comes in by the default mode, which is the key. */
  Nothing: [],
}
const auth = (names: string[]) =>
  names.length > 0 ? `@auth(rules: [${names.map((name) => `{ ${STRATEGIES[name]!.rule} }`)}])` : ''
const fields = (line: (name: string, rules: string) => string) =>
  Object.entries(RULES)
    .map(([name, names]) => line(name, auth(names)))
    .join('\n')

let book: Rulebook
const sockets = new Map<string, Awaited<ReturnType<typeof connect>>>()
beforeAll(async () => {
  book = await openRulebook(`type Word { text: String }
    type Query { ${fields((name, rules) => `ask${name}: Word @function(name: "echo") ${rules}`)} }
    type Mutation { ${fields((name, rules) => `tell${name}: Word @function(name: "echo") ${rules}`)} }
    type Subscription { ${fields((name, rules) => `hear${name}: Word @aws_subscribe(mutations: ["tell${name}"]) ${rules}`)} }`)
  for (const caller of CALLERS) {
    const client = await connect(book.outputs.url, book.as(caller, '{}', '/graphql/connect'))
    await client.next('connection_ack')
    sockets.set(caller, client)
  }
})
afterAll(async () => {
  for (const { socket } of sockets.values()) socket.close()
  await book.stop()
})

const cells = Object.entries(RULES).flatMap(([name, names]) =>
  ['ask', 'tell', 'hear'].flatMap((verb) =>
    CALLERS.map((caller) => ({
      ...{ field: `${verb}${name}`, verb, caller, name },
      allowed:
        names.length > 0 ? names.some((each) => STRATEGIES[each]!.all!.includes(caller)) : caller === 'key',
    })),
  ),
)

test.each(cells)('$field by $caller', async ({ field, verb, caller, name, allowed }) => {
  if (verb !== 'hear') {
    const { data, errors } = await book.send(
      caller,
      `${verb === 'tell' ? 'mutation' : 'query'} { answer: ${field} { text } }`,
    )
    if (allowed) expect({ data, errors }).toEqual({ data: { answer: { text: field } }, errors: undefined })
    else expect({ answer: data?.answer ?? null, type: errors?.[0]?.errorType }).toEqual(REFUSED)
    return
  }
  const client = sockets.get(caller)!
  const query = `subscription { ${field} { text } }`
  client.begin(field, query, {}, book.as(caller, JSON.stringify({ query, variables: {} })))
  const told = await Promise.race([client.next('start_ack', field), client.next('error', field)])
  expect(told.type).toBe(allowed ? 'start_ack' : 'error')
  if (!allowed) {
    expect(told.payload.errors[0].errorType).toBe('Unauthorized')
    return
  }
  await book.send('root', `mutation { tell${name} { text } }`)
  expect((await client.next('data', field)).payload).toEqual({ data: { [field]: { text: `tell${name}` } } })
})
