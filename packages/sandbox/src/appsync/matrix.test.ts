import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Headers, openStage, type Stage, signed } from './stage.fixture.js'

// Who may do what: every strategy, whole and read only, by every operation and every caller, against a table that says it in words.

/** Strategy → the rule in SDL, and the callers that it lets in. `owner`: rows are of `ada`. */
const STRATEGIES: Record<string, [rule: string, callers: string[]]> = {
  PublicKey: ['allow: public, provider: apiKey', ['key']],
  Guest: ['allow: public, provider: identityPool', ['guest']],
  Users: ['allow: private', ['ada', 'grace', 'admin']],
  Identity: ['allow: private, provider: identityPool', ['identity']],
  Owner: ['allow: owner, ownerField: "owner"', ['ada']],
  Admins: ['allow: groups, groups: ["Admin"]', ['admin']],
}
const CALLERS = ['key', 'guest', 'ada', 'grace', 'admin', 'identity']
const OPERATIONS = ['create', 'get', 'list', 'update', 'delete']
const MODELS = Object.entries(STRATEGIES).flatMap(([name, [rule, callers]]) => [
  { name, rule, callers, readOnly: false },
  { name: `${name}Read`, rule: `${rule}, operations: [read]`, callers, readOnly: true },
])

let stage: Stage
let as: Record<string, (body: string) => Headers>
beforeAll(async () => {
  stage = await openStage(
    MODELS.map(
      ({ name, rule }) => `type ${name} @model @auth(rules: [{ ${rule} }]) { text: String owner: String }`,
    ).join('\n'),
  )
  const { user, keys, outputs, withKey } = stage
  const [ada, grace, admin] = [
    await user('ada@example.com'),
    await user('grace@example.com'),
    await user('admin@example.com', 'Admin'),
  ]
  const [guest, identity] = [await keys(), await keys(grace.idToken)]
  as = {
    key: () => withKey,
    guest: (body) => signed(outputs.url, body, guest),
    ada: () => ada.headers,
    grace: () => grace.headers,
    admin: () => admin.headers,
    identity: (body) => signed(outputs.url, body, identity),
    root: (body) => signed(outputs.url, body, stage.sandbox.credentials),
    owner: () => ({ owner: ada.sub }),
  }
})
afterAll(() => stage.sandbox.stop())

function send(caller: string, query: string) {
  const body = JSON.stringify({ query })
  return stage.post(body, as[caller]!(body))
}

const cells = MODELS.flatMap((model) =>
  OPERATIONS.flatMap((operation) => CALLERS.map((caller) => ({ ...model, operation, caller }))),
)

test('there are enough cells', () => {
  expect(cells.length).toBeGreaterThanOrEqual(300)
})

test.each(cells)('$name: $operation by $caller', async ({ name, callers, readOnly, operation, caller }) => {
  const row = await send(
    'root',
    `mutation { create${name}(input: { text: "x", owner: "${as.owner!('').owner}" }) { id } }`,
  )
  const { id } = row.data[`create${name}`]
  const plural = `list${name}${name.endsWith('s') ? '' : 's'}`
  const queries: Record<string, string> = {
    create: `mutation { answer: create${name}(input: { text: "y" }) { id } }`,
    get: `{ answer: get${name}(id: "${id}") { id } }`,
    list: `{ answer: ${name === 'Identity' ? 'listIdentities' : plural}(filter: { id: { eq: "${id}" } }) { items { id } } }`,
    update: `mutation { answer: update${name}(input: { id: "${id}", text: "z" }) { id } }`,
    delete: `mutation { answer: delete${name}(input: { id: "${id}" }) { id } }`,
  }
  const { data, errors } = await send(caller, queries[operation]!)
  const isRead = operation === 'get' || operation === 'list'
  // Whoever has a user may own rows, but only his own.
  const owns = name.startsWith('Owner') && ['grace', 'admin'].includes(caller)
  const allowed =
    (callers.includes(caller) || (owns && (operation === 'create' || operation === 'list'))) &&
    (isRead || !readOnly)
  if (!allowed) {
    expect({ answer: data?.answer ?? null, type: errors?.[0]?.errorType }).toEqual({
      answer: null,
      type: 'Unauthorized',
    })
    return
  }
  expect(errors).toBeUndefined()
  if (operation === 'list') expect(data.answer.items).toEqual(owns ? [] : [{ id }])
  else expect(data.answer.id).toEqual(operation === 'create' ? expect.any(String) : id)
})
