// The measuring half of road.mjs: plays each call up to its first `fetch`. Prints, as JSON, the files on the road (they are on the
// call stack, async frames included, when `fetch` is called) and those that V8's coverage saw beside it (what the road reads).
import { Session } from 'node:inspector/promises'
import { fetchAuthSession, resetPassword, signIn, signUp } from '@backline/auth'
import { createAmplifyContext } from '@backline/core'
import { generateClient } from '@backline/data'
import { downloadData, list, remove, uploadData } from '@backline/storage'

const config = {
  Auth: {
    Cognito: {
      userPoolId: 'us-east-1_Aa0Aa0Aa0',
      userPoolClientId: 'client',
      identityPoolId: 'us-east-1:11111111-2222-3333-4444-555555555555',
      allowGuestAccess: true,
    },
  },
  Storage: { S3: { bucket: 'media', region: 'us-east-1' } },
  API: {
    GraphQL: {
      endpoint: 'https://example.com/graphql',
      apiKey: 'da2-key',
      defaultAuthMode: 'apiKey',
      modelIntrospection: {
        version: 1,
        models: {
          Todo: {
            name: 'Todo',
            pluralName: 'Todos',
            fields: { id: { name: 'id', type: 'ID', isArray: false, isRequired: true } },
            primaryKeyInfo: { isCustomPrimaryKey: false, primaryKeyFieldName: 'id', sortKeyFieldNames: [] },
          },
        },
        nonModels: {},
        enums: {},
      },
    },
  },
}

/** Keys at hand, so that what signs comes to its service at once. */
const keys = { credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' } }
const SIGNED = ['list', 'remove', 'uploadData', 'downloadData']
const signed = {
  Auth: {
    credentialsProvider: {
      getCredentialsAndIdentityId: async () => keys,
      clearCredentialsAndIdentityId() {},
    },
  },
}

/** A name, and the call to make in a fresh context. */
const CALLS: [string, (ctx: ReturnType<typeof createAmplifyContext>) => Promise<unknown>][] = [
  ['signUp', (ctx) => signUp({ username: 'ada@example.com', password: 'Secret-1' }, ctx)],
  ['signIn', (ctx) => signIn({ username: 'ada@example.com', password: 'Secret-1' }, ctx)],
  ['resetPassword', (ctx) => resetPassword({ username: 'ada@example.com' }, ctx)],
  ['fetchAuthSession', (ctx) => fetchAuthSession({}, ctx)],
  // biome-ignore lint/suspicious/noExplicitAny: a schema of nobody's
  ['models.Todo.list', (ctx) => generateClient<any>({}, ctx).models.Todo.list()],
  ['list', (ctx) => list({ path: 'media/' }, ctx)],
  ['remove', (ctx) => remove({ path: 'media/one.txt' }, ctx)],
  ['uploadData', (ctx) => uploadData({ path: 'media/one.txt', data: 'one' }, ctx).result],
  ['downloadData', (ctx) => downloadData({ path: 'media/one.txt' }, ctx).result],
]

Error.stackTraceLimit = 100
const inspector = new Session()
inspector.connect()
await inspector.post('Profiler.enable')
const nativeFetch = globalThis.fetch
const roads = []
for (const [call, play] of CALLS) roads.push({ call, ...(await measure(call, play)) })
globalThis.fetch = nativeFetch
console.log(JSON.stringify(roads))

async function measure(call: string, play: (typeof CALLS)[number][1]) {
  const arrived = Promise.withResolvers<{ stack: string; ran: string[] }>()
  globalThis.fetch = (async () => {
    const stack = new Error().stack ?? ''
    const { result } = await inspector.post('Profiler.takePreciseCoverage')
    arrived.resolve({
      stack,
      ran: result
        .filter(({ functions }) =>
          functions.some(({ functionName, ranges }) => functionName && ranges[0]?.count),
        )
        .map(({ url }) => url),
    })
    return new Promise(() => {})
  }) as typeof fetch
  const ctx = createAmplifyContext(config as never, (SIGNED.includes(call) ? signed : {}) as never)
  await inspector.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  const failed = play(ctx).then(() => Promise.reject(new Error('It never came to fetch.')))
  const { stack, ran } = await Promise.race([arrived.promise, failed as Promise<never>])
  await inspector.post('Profiler.stopPreciseCoverage')
  const nameOf = (text: string) =>
    /packages\/([\w-]+\/src\/[\w/.-]+)\.ts/.exec(text)?.[1]?.replace('/src/', '/')
  const road = [
    ...new Set(
      stack
        .split('\n')
        .map(nameOf)
        .filter((name) => name !== undefined),
    ),
  ].reverse()
  return {
    road,
    beside: [...new Set(ran.map(nameOf))].filter((name) => name !== undefined && !road.includes(name)),
  }
}
