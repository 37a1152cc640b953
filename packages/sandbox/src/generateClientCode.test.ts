import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildSync } from 'esbuild'
import { expect, onTestFinished, test, vi } from 'vitest'
import { AUTH_ONLY, appWith } from './amplify.fixture.js'
import { runGenerate } from './generate.js'
import { startSandbox } from './sandbox.js'

const BLOG = `import { a, defineBackend, defineData } from '@aws-amplify/backend'
const schema = a.schema({
  Post: a.model({
    title: a.string().required(),
    kind: a.enum(['LONG', 'SHORT']),
    words: a.integer(),
    tags: a.string().required().array(),
    at: a.customType({ lat: a.float().required() }),
    comments: a.hasMany('Comment', 'postId'),
  }),
  Comment: a.model({ text: a.string(), postId: a.id(), post: a.belongsTo('Post', 'postId') }),
}).authorization((allow) => [allow.publicApiKey()])
defineBackend({ data: defineData({ schema, authorizationModes: { defaultAuthorizationMode: 'apiKey' } }) })
`

async function run(app: string, ...args: string[]) {
  const said: string[] = []
  const keep = (...words: unknown[]) => void said.push(words.join(' '))
  const spies = [
    vi.spyOn(console, 'log').mockImplementation(keep),
    vi.spyOn(console, 'error').mockImplementation(keep),
  ]
  try {
    const places = ['--backend', join(app, 'amplify'), '--out', join(app, 'src/graphql')]
    const code = await runGenerate(['graphql-client-code', ...places, ...args])
    return { code, text: said.join('\n').replaceAll(app, '<app>') }
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}

test('the statements of a schema are what a sandbox of it answers', async () => {
  const app = appWith({ 'amplify/backend.ts': BLOG })
  expect(await run(app)).toEqual({
    code: 0,
    text: 'Wrote <app>/src/graphql/queries.ts, <app>/src/graphql/mutations.ts, <app>/src/graphql/subscriptions.ts, <app>/src/graphql/API.ts.',
  })
  const sandbox = await startSandbox({ backend: join(app, 'amplify') })
  onTestFinished(() => sandbox.stop())
  const { url, api_key } = sandbox.outputs.data as { url: string; api_key: string }
  const ask = async (query: string, variables: object) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'x-api-key': api_key },
      body: JSON.stringify({ query, variables }),
    })
    return response.json()
  }
  const { createPost, createComment, getPost, listComments } = await statementsIn(app)
  const input = { id: 'p', title: 'Hello', kind: 'LONG', tags: ['new'], at: { lat: 1.5 } }
  await ask(createPost!, { input })
  await ask(createComment!, { input: { id: 'c', text: 'Hi', postId: 'p' } })
  expect(await ask(getPost!, { id: 'p' })).toEqual({
    data: {
      getPost: expect.objectContaining({
        ...input,
        at: { lat: 1.5, __typename: 'PostAt' },
        comments: { nextToken: null, __typename: 'ModelCommentConnection' },
        __typename: 'Post',
      }),
    },
  })
  expect(await ask(listComments!, { filter: { text: { eq: 'Hi' } } })).toMatchObject({
    data: { listComments: { items: [{ id: 'c', postId: 'p' }] } },
  })
})

/** Every statement that was written, by its name. */
async function statementsIn(app: string): Promise<Record<string, string>> {
  const folder = join(app, 'src/graphql')
  const entry = ['queries', 'mutations', 'subscriptions']
    .map((name) => `export * from './${name}'`)
    .join('\n')
  const outfile = join(folder, 'all.mjs')
  buildSync({ stdin: { contents: entry, resolveDir: folder }, bundle: true, format: 'esm', outfile })
  return import(pathToFileURL(outfile).href)
}

test('the types say of each operation what it takes and gives', async () => {
  const app = appWith({ 'amplify/backend.ts': BLOG })
  await run(app)
  const [api, queries] = ['API.ts', 'queries.ts'].map((name) =>
    readFileSync(join(app, 'src/graphql', name), 'utf8'),
  )
  expect(queries).toContain('` as GeneratedQuery<APITypes.GetPostQueryVariables, APITypes.GetPostQuery>')
  expect(api).toContain(`export type GetPostQueryVariables = {
  id: string,
};

export type GetPostQuery = {
  getPost?: {
    __typename: "Post",
    title: string,
    kind?: PostKind | null,
    words?: number | null,
    tags?: Array< string > | null,
    at?: {
      __typename: "PostAt",
      lat: number,
    } | null,
    comments?: {
      __typename: "ModelCommentConnection",
      nextToken?: string | null,
    } | null,
`)
  expect(api).toContain('export enum PostKind {\n  LONG = "LONG",\n  SHORT = "SHORT",\n}')
})

test('other formats, targets and depths', async () => {
  const app = appWith({ 'amplify/backend.ts': BLOG })
  const file = (name: string) => readFileSync(join(app, 'src/graphql', name), 'utf8')
  await run(app, '--statement-target', 'graphql', '--statement-max-depth', '1')
  expect(file('queries.graphql')).toContain(`query GetComment($id: ID!) {
  getComment(id: $id) {
    text
    postId
    id
    createdAt
    updatedAt
    __typename
  }
}`)
  await run(app, '--statement-target', 'javascript')
  expect(file('mutations.js')).toContain('export const deletePost = /* GraphQL */ `mutation DeletePost(')
  expect(existsSync(join(app, 'src/graphql/API.ts'))).toBe(false)
  expect((await run(app, '--format', 'introspection')).text).toContain('model-introspection.json')
  expect(Object.keys(JSON.parse(file('model-introspection.json')).models)).toEqual(['Post', 'Comment'])
})

test('what it does not write is named', async () => {
  const app = appWith({ 'amplify/backend.ts': AUTH_ONLY })
  expect(await run(app)).toEqual({
    code: 1,
    text: 'The backend has no defineData({ schema }), so there is nothing to write.',
  })
  for (const [args, why] of [
    [['--format', 'modelgen'], 'makes models of DataStore'],
    [['--format', 'swift'], "--format is graphql-codegen or introspection, not 'swift'."],
    [['--statement-target', 'flow'], "--statement-target is typescript, javascript, graphql, not 'flow'."],
    [['--statement-max-depth', 'deep'], "is a number from 1 to 9, not 'deep'."],
    [['--type-target', 'swift'], '--type-target is for `npx ampx generate graphql-client-code`'],
    [['--nonsense'], '--nonsense'],
  ] as const)
    expect(await run(app, ...args)).toEqual({ code: 2, text: expect.stringContaining(why) })
})

test('a file of the same name that somebody wrote is left alone, and all of them with it', async () => {
  const app = appWith({ 'amplify/backend.ts': BLOG, 'src/graphql/API.ts': 'export const own = 1\n' })
  expect(await run(app)).toEqual({
    code: 1,
    text: '<app>/src/graphql/API.ts was not generated, so it is left as it is. Choose another folder with --out.',
  })
  expect(existsSync(join(app, 'src/graphql/queries.ts'))).toBe(false)
  expect((await run(app, '--statement-target', 'javascript')).code).toBe(0)
  expect((await run(app, '--statement-target', 'javascript')).code).toBe(0)
})
