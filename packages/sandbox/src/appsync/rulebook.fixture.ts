import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from '../sandbox.js'
import { startIssuer } from './issuer.fixture.js'
import { type Headers, planOf, signed, speakTo } from './stage.fixture.js'

// The rules of authorization in words, for the tests that hold the sandbox to them: what each strategy says in SDL, and whom it
// lets in. Nothing here knows how a rule is enforced.

export const CALLERS = [
  ...['key', 'guest', 'identity', 'lambda'],
  /** Of the user pool: `admin` and `staff` are in the groups `Admin` and `Staff`, the others in none. */
  ...['ada', 'grace', 'admin', 'staff'],
  /** With tokens of another issuer: `oda` is of the crew `Red` and has the desk `d1`, `obo` of `Blue` at `d2`; `olga` has neither. */
  ...['oda', 'obo', 'olga'],
] as const

interface Strategy {
  rule: string
  /** May do it with every row. */
  all?: string[]
  /** Could be named by a row. */
  maybe?: string[]
  /** Are named by the rows of {@link mineOf}. */
  named?: string[]
  /** Whoever creates a row and does not say whose it is owns it. */
  fills?: boolean
  /** Lets in everybody who comes by this way. */
  isWide?: boolean
}

const POOL = ['ada', 'grace', 'admin', 'staff']
const OIDC = ['oda', 'obo', 'olga']

export const STRATEGIES: Record<string, Strategy> = {
  PublicKey: { rule: 'allow: public, provider: apiKey', all: ['key'], isWide: true },
  Guest: { rule: 'allow: public, provider: identityPool', all: ['guest'], isWide: true },
  Identity: { rule: 'allow: private, provider: identityPool', all: ['identity'], isWide: true },
  Lambda: { rule: 'allow: custom, provider: function', all: ['lambda'], isWide: true },
  Users: { rule: 'allow: private', all: POOL, isWide: true },
  Owner: { rule: 'allow: owner, ownerField: "owner"', maybe: POOL, named: ['ada'], fills: true },
  Owners: { rule: 'allow: owner, ownerField: "owners"', maybe: POOL, named: ['ada', 'grace'], fills: true },
  Group: { rule: 'allow: groups, groups: ["Admin"]', all: ['admin'] },
  Groups: { rule: 'allow: groups, groups: ["Admin", "Staff"]', all: ['admin', 'staff'] },
  Team: { rule: 'allow: groups, groupsField: "team"', maybe: ['admin', 'staff'], named: ['admin'] },
  Teams: { rule: 'allow: groups, groupsField: "teams"', maybe: ['admin', 'staff'], named: ['admin'] },
  OidcUsers: { rule: 'allow: private, provider: oidc', all: OIDC, isWide: true },
  OidcOwner: {
    rule: 'allow: owner, provider: oidc, ownerField: "holder"',
    maybe: OIDC,
    named: ['oda'],
    fills: true,
  },
  OidcDesk: {
    rule: 'allow: owner, provider: oidc, ownerField: "desk", identityClaim: "desk"',
    maybe: ['oda', 'obo'],
    named: ['oda'],
    fills: true,
  },
  OidcGroup: {
    rule: 'allow: groups, provider: oidc, groups: ["Red"], groupClaim: "crews"',
    all: ['oda'],
  },
  OidcCrew: {
    rule: 'allow: groups, provider: oidc, groupsField: "crew", groupClaim: "crews"',
    maybe: ['oda', 'obo'],
    named: ['oda'],
  },
  OidcCrews: {
    rule: 'allow: groups, provider: oidc, groupsField: "crews", groupClaim: "crews"',
    maybe: ['oda', 'obo'],
    named: ['oda'],
  },
}

/** What every model of these tests has beside `text`: the fields by which rules may name somebody. */
export const NAMING =
  'owner: String owners: [String] holder: String desk: String team: String teams: [String] crew: String crews: [String]'

export const MODEL_OPERATIONS = ['create', 'get', 'list', 'update', 'delete', 'listen'] as const
export type ModelOperation = (typeof MODEL_OPERATIONS)[number]

/** Rules of one model: strategies, each with what it allows. */
export type Rules = [strategy: string, operations: readonly ModelOperation[]][]

export const sdlOf = (rules: Rules) =>
  rules
    .map(([strategy, operations]) => `{ ${STRATEGIES[strategy]!.rule}, operations: [${operations}] }`)
    .join(', ')

export const READS: readonly ModelOperation[] = ['get', 'list', 'listen']

/** Lets in every caller there is, with everything. */
export const EVERYBODY: Rules = Object.entries(STRATEGIES)
  .filter(([, { isWide }]) => isWide)
  .map(([name]) => [name, MODEL_OPERATIONS])

/** Every strategy on its own: whole, and for reading only. */
export const SINGLE: Record<string, Rules> = Object.fromEntries(
  Object.keys(STRATEGIES).flatMap((name): [string, Rules][] => [
    [`${name}All`, [[name, MODEL_OPERATIONS]]],
    [`${name}Read`, [[name, READS]]],
  ]),
)

/** What a caller may do, in words: with every row, with those that name him, with none of these though with others, or not at all. */
export function reach(rules: Rules, operation: ModelOperation, caller: string) {
  const fitting = rules
    .filter(([, operations]) => operations.includes(operation))
    .map(([name]) => STRATEGIES[name]!)
  const some = (who: 'all' | 'named' | 'maybe') => fitting.some((each) => each[who]?.includes(caller))
  if (some('all')) return 'every row'
  if (some('named')) return 'his rows'
  return some('maybe') ? 'other rows' : 'nothing'
}

/** May he create a row that does not say whose it is? */
export const fillsIn = (rules: Rules, caller: string) =>
  rules.some(([name, operations]) => {
    const { fills, maybe } = STRATEGIES[name]!
    return operations.includes('create') && fills === true && maybe!.includes(caller)
  })

const AUTHORIZER = `let asked = 0
export const handler = async ({ authorizationToken }) => {
  if (authorizationToken === 'how often') throw new Error('asked ' + asked)
  asked++
  const [word, denied, ttl] = authorizationToken.split(' ')
  return { isAuthorized: word === 'sesame', deniedFields: (denied ?? '').split(',').filter(Boolean), ...(ttl ? { ttlOverride: Number(ttl) } : {}) }
}`

/** Answers any operation with its own name. */
const ECHO = 'export const handler = async ({ fieldName }) => ({ text: fieldName })'

/** A sandbox that takes all these callers, and has a function `echo`. */
export async function openRulebook(sdl: string) {
  const folder = mkdtempSync(join(tmpdir(), 'backline-authorizer-'))
  const functionOf = (name: string, text: string) => {
    const entry = join(folder, `${name}.ts`)
    writeFileSync(entry, text)
    return { name, entry, environment: {}, timeoutSeconds: 10 }
  }
  const [authorizer, echo] = [functionOf('authorizer', AUTHORIZER), functionOf('echo', ECHO)]
  const issuer = await startIssuer()
  const sandbox = await serve(
    planOf(sdl, {
      oidc: { issuer: issuer.url },
      lambda: { function: authorizer, ttlSeconds: 300 },
      functions: { echo },
    }),
    { dataDir: ':memory:' },
  )
  const stage = { sandbox, ...speakTo(sandbox) }
  const { user, keys, outputs, withKey, post } = stage
  const ada = await user('ada@example.com')
  const grace = await user('grace@example.com')
  const admin = await user('admin@example.com', 'Admin')
  const staff = await user('staff@example.com', 'Staff')
  const [guest, identity] = [await keys(), await keys(grace.idToken)]
  const oidc = async (claims: object) => ({ authorization: await issuer.token({ ...claims }) })
  const fixed: Record<string, Headers> = {
    key: withKey,
    lambda: { authorization: 'sesame' },
    ada: ada.headers,
    grace: grace.headers,
    admin: admin.headers,
    staff: staff.headers,
    oda: await oidc({ sub: 'oda', crews: ['Red'], desk: 'd1' }),
    obo: await oidc({ sub: 'obo', crews: ['Blue'], desk: 'd2' }),
    olga: await oidc({ sub: 'olga' }),
  }
  const signing: Record<string, Parameters<typeof signed>[2]> = {
    guest,
    identity,
    root: sandbox.credentials,
  }
  const as = (caller: string, body: string, path?: string): Headers =>
    fixed[caller] ?? signed(outputs.url, body, signing[caller]!, { path, at: new Date(sandbox.clock.now()) })
  return {
    ...stage,
    oidc,
    as,
    /** The fields by which a row names those whom {@link STRATEGIES} calls named. */
    mine: {
      ...{ owner: ada.sub, owners: [ada.sub, grace.sub], holder: 'oda', desk: 'd1' },
      ...{ team: 'Admin', teams: ['Admin', 'Elsewhere'], crew: 'Red', crews: ['Red', 'Elsewhere'] },
    },
    send(caller: string, query: string, variables: object = {}) {
      const body = JSON.stringify({ query, variables })
      return post(body, as(caller, body))
    },
    async stop() {
      await sandbox.stop()
      issuer.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type Rulebook = Awaited<ReturnType<typeof openRulebook>>

/** What a refusal looks like, whatever was asked for. */
export const REFUSED = { answer: null, type: 'Unauthorized' }
