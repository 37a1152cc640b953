// One library on a server, in a process of its own. Started by bench-server.mjs with the library's name and what to do; prints one line of JSON.
import { statSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'

const [library, settings] = process.argv.slice(2)
const { config, endpoint, cookie, work } = JSON.parse(settings)

const works = {
  async load() {
    let [files, bytes] = [0, 0]
    registerHooks({
      load(url, context, next) {
        if (url.startsWith('file:')) {
          files++
          bytes += statSync(fileURLToPath(url)).size
        }
        return next(url, context)
      },
    })
    const began = performance.now()
    await import(`${library}/auth`)
    await import(`${library}/data`)
    return { milliseconds: performance.now() - began, files, bytes }
  },

  async contexts() {
    return retained(() => {})
  },

  async askedContexts() {
    const { getCurrentUser } = await import(`${library}/auth/server`)
    return retained((ctx) => getCurrentUser(ctx))
  },

  async requests() {
    const open = await opener()
    const { getCurrentUser } = await import(`${library}/auth/server`)
    const page = async () => `Hello ${(await open((ctx) => getCurrentUser(ctx))).username}`
    for (let round = 0; round < 2_000; round++) await page()
    const times = 10_000
    const began = performance.now()
    for (let round = 0; round < times; round++) await page()
    return { perSecond: (times / (performance.now() - began)) * 1000 }
  },
}

/** Runs something with the context of a request that brings these cookies. */
async function opener() {
  const headers = { cookie }
  const response = { headersSent: false, getHeader: () => undefined, setHeader() {} }
  if (library === 'backline') {
    const { createNodeAdapter } = await import('backline/adapter-node')
    // Where the keys are. The official parts ask nobody, and warn of such an endpoint at each request.
    const amplify = createNodeAdapter({
      config: { Auth: { Cognito: { ...config.Auth.Cognito, userPoolEndpoint: endpoint } } },
    })
    return (operation) => amplify.run({ headers }, response, operation)
  }
  const { createAmplifyContext } = await import('aws-amplify')
  const adapter = await import('aws-amplify/adapter-core')
  return async (operation) => {
    const cookies = new Map(cookie.split('; ').map((each) => each.split('=')))
    const storage = adapter.createKeyValueStorageFromCookieStorageAdapter({
      getAll: () => [...cookies].map(([name, value]) => ({ name, value })),
      get: (name) => {
        const value = cookies.get(encodeURIComponent(name))
        return value === undefined ? undefined : { name, value: decodeURIComponent(value) }
      },
      set() {},
      delete() {},
    })
    return operation(
      createAmplifyContext(config, {
        Auth: {
          credentialsProvider: adapter.createAWSCredentialsAndIdentityIdProvider(config.Auth, storage),
          tokenProvider: adapter.createUserPoolsTokenProvider(config.Auth, storage),
        },
      }),
    )
  }
}

/** What a context holds on to, for as long as somebody has it. */
async function retained(ask) {
  const open = await opener()
  const times = 5_000
  const kept = []
  for (let round = 0; round < 100; round++) await open(ask)
  await settle()
  const before = process.memoryUsage().heapUsed
  for (let round = 0; round < times; round++) {
    await open((ctx) => {
      kept.push(ctx)
      return ask(ctx)
    })
  }
  await settle()
  const { heapUsed } = process.memoryUsage()
  if (kept.length !== times) throw new Error(`${library} made ${kept.length} contexts.`)
  return { bytes: (heapUsed - before) / times }
}

async function settle() {
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 10))
    gc()
  }
}

console.log(JSON.stringify(await works[work]()))
process.exit(0)
