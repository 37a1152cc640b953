import { afterAll, beforeAll, expect, test } from 'vitest'
import { openRulebook, type Rulebook } from './rulebook.fixture.js'
import { connect } from './socket.fixture.js'

// What a Lambda authorizer takes away, how long its word is good, and how many groups a subscriber may be in.

let book: Rulebook
beforeAll(async () => {
  book = await openRulebook(`
    type Thing @model @auth(rules: [{ allow: custom }]) { text: String parts: [Part] @hasMany(references: ["thingId"]) }
    type Part @model @auth(rules: [{ allow: custom }]) { thingId: ID thing: Thing @belongsTo(references: ["thingId"]) }
    type Crewed @model @auth(rules: [{ allow: groups, provider: oidc, groupsField: "crew", groupClaim: "crews" }]) { crew: String }
    type ManyCrewed @model @auth(rules: [{ allow: groups, provider: oidc, groupsField: "crews", groupClaim: "crews" }]) { crews: [String] }`)
  await book.send('root', 'mutation { createThing(input: { id: "t", text: "x" }) { id } }')
  await book.send('root', 'mutation { createPart(input: { id: "p", thingId: "t" }) { id } }')
})
afterAll(() => book.stop())

/** What asks for a field, and the answer of whoever may have it. */
const ASKING: Record<string, [query: string, answer: unknown]> = {
  'Query.getThing': ['{ getThing(id: "t") { id } }', { getThing: { id: 't' } }],
  'Query.listThings': ['{ listThings { items { id } } }', { listThings: { items: [{ id: 't' }] } }],
  'Mutation.createPart': [
    'mutation { createPart(input: { id: "other" }) { id } }',
    { createPart: { id: 'other' } },
  ],
  'Mutation.updateThing': [
    'mutation { updateThing(input: { id: "t" }) { id } }',
    { updateThing: { id: 't' } },
  ],
  'Mutation.deletePart': [
    'mutation { deletePart(input: { id: "other" }) { id } }',
    { deletePart: { id: 'other' } },
  ],
  'Thing.text': ['{ thing: getPart(id: "p") { thing { text } } }', { thing: { thing: { text: 'x' } } }],
  'Thing.parts': [
    '{ thing: getPart(id: "p") { thing { parts { nextToken } } } }',
    { thing: { thing: { parts: { nextToken: null } } } },
  ],
  'Subscription.onCreateThing': ['subscription { onCreateThing { id } }', 'start_ack'],
}
const forms: Record<string, (field: string) => string> = {
  'by name': (field) => field,
  'by ARN': (field) => {
    const [type, name] = field.split('.')
    return `arn:aws:appsync:us-east-1:000000000000:apis/local/types/${type}/fields/${name}`
  },
}
const cells = Object.keys(forms).flatMap((form) =>
  ['', ...Object.keys(ASKING)].flatMap((denied) =>
    Object.keys(ASKING).map((asked) => ({ form, denied, asked })),
  ),
)

test.each(cells)('with $denied denied $form, $asked', async ({ form, denied, asked }) => {
  const headers = { authorization: `sesame ${denied && forms[form]!(denied)}` }
  const [query, answer] = ASKING[asked]!
  const [type, field] = asked.split('.')
  const refusal = { errorType: 'Unauthorized', message: `Not Authorized to access ${field} on type ${type}` }
  await book.send('root', `mutation { createPart(input: { id: "other" }) { id } }`)
  if (asked === 'Mutation.createPart')
    await book.send('root', 'mutation { deletePart(input: { id: "other" }) { id } }')

  if (type === 'Subscription') {
    const client = await connect(book.outputs.url, headers)
    await client.next('connection_ack')
    client.begin('s', query)
    const told = await Promise.race([client.next('start_ack'), client.next('error')])
    client.socket.close()
    if (denied === asked) expect(told).toMatchObject({ type: 'error', payload: { errors: [refusal] } })
    else expect(told.type).toBe(answer)
    return
  }
  const { data, errors } = await book.ask(query, {}, headers)
  if (denied === asked) expect(errors).toMatchObject([refusal])
  else expect({ data, errors }).toEqual({ data: answer, errors: undefined })
})

test('what an authorizer says is remembered as long as it says, or as the backend does', async () => {
  const ask = async (authorization: string) =>
    (await book.ask('{ getThing(id: "t") { id } }', {}, { authorization })).status
  const asked = async () => {
    const { errors } = await book.ask('{ getThing(id: "t") { id } }', {}, { authorization: 'how often' })
    return Number(/asked (\d+)$/.exec(errors![0]!.message)?.[1])
  }
  const before = await asked()
  for (let i = 0; i < 3; i++) expect(await ask('sesame  0')).toBe(200)
  expect(await asked()).toBe(before + 3)
  for (let i = 0; i < 3; i++) expect(await ask('sesame  30')).toBe(200)
  expect(await asked()).toBe(before + 4)
  for (let i = 0; i < 3; i++) expect(await ask('sesame No.such')).toBe(200)
  expect(await asked()).toBe(before + 5)
  book.sandbox.clock.advance(31_000)
  for (const token of ['sesame  30', 'sesame No.such']) expect(await ask(token)).toBe(200)
  expect(await asked()).toBe(before + 6)
  book.sandbox.clock.advance(270_000)
  expect(await ask('sesame No.such')).toBe(200)
  expect(await asked()).toBe(before + 7)
  for (let i = 0; i < 2; i++) expect(await ask('barley  30')).toBe(401)
  expect(await asked()).toBe(before + 8)
})

test.each([
  ['Crewed', 5, 'start_ack'],
  ['Crewed', 6, 'error'],
  ['ManyCrewed', 20, 'start_ack'],
  ['ManyCrewed', 21, 'error'],
])('rows of %s for somebody in %i groups: %s', async (model, count, expected) => {
  const crews = Array.from({ length: count }, (_, i) => `crew ${i}`)
  const headers = await book.oidc({ sub: 'busy', crews })
  const client = await connect(book.outputs.url, headers)
  await client.next('connection_ack')
  client.begin('s', `subscription { onCreate${model} { id } }`)
  const told = await Promise.race([client.next('start_ack'), client.next('error')])
  expect(told.type).toBe(expected)
  if (expected === 'error') {
    expect(told.payload.errors[0].message).toMatch(new RegExp(`in ${count} groups .* at most ${count - 1}`))
    // What is listed is not limited so.
    const list = await book.ask(`{ list: list${model}s { items { id } } }`, {}, headers)
    expect(list.data).toEqual({ list: { items: [] } })
  } else {
    const crew = crews.at(-1)
    const input = model === 'Crewed' ? `crew: "${crew}"` : `crews: ["${crew}"]`
    await book.send(
      'root',
      `mutation { create${model}(input: { ${input.replace(crew!, 'nobody')} }) { id crew${model === 'Crewed' ? '' : 's'} } }`,
    )
    const { data } = await book.send(
      'root',
      `mutation { made: create${model}(input: { ${input} }) { id crew${model === 'Crewed' ? '' : 's'} } }`,
    )
    expect((await client.next('data')).payload.data).toEqual({ [`onCreate${model}`]: { id: data.made.id } })
    await book.send('root', `mutation { delete${model}(input: { id: "${data.made.id}" }) { id } }`)
  }
  client.socket.close()
})
