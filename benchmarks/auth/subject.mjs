// One auth client in a process of its own. Started by bench-auth.mjs with the library's name and what to do; prints one line of JSON.
const [library, settings] = process.argv.slice(2)
const { config, username, password, work, items, ahead = 0 } = JSON.parse(settings)

// Both clients ask for the global fetch and the global clock; so one count and one clock serve both.
const requests = {}
const reach = globalThis.fetch
globalThis.fetch = (input, init) => {
  const target = new Headers(init?.headers ?? input.headers).get('x-amz-target') ?? 'other'
  const operation = target.split('.').at(-1)
  requests[operation] = (requests[operation] ?? 0) + 1
  return reach(input, init)
}
const Standing = Date
globalThis.Date = class extends Standing {
  constructor(...parts) {
    super(...(parts.length ? parts : [Standing.now() + ahead]))
  }
  static now() {
    return Standing.now() + ahead
  }
}

const { Amplify } = await import(library)
const { signIn, signOut, fetchAuthSession } = await import(`${library}/auth`)
const { cognitoUserPoolsTokenProvider } = await import(`${library}/auth/cognito`)
Amplify.configure(config)

const works = {
  async signIn() {
    // Once to warm up: modules that load late, and the compiler.
    await signIn({ username, password })
    await signOut()
    const times = 10
    const cpu = []
    const counted = {}
    for (let round = 0; round < times; round++) {
      clear()
      const before = process.cpuUsage()
      await signIn({ username, password })
      const { user, system } = process.cpuUsage(before)
      cpu.push((user + system) / 1000)
      Object.assign(counted, requests)
      await signOut()
    }
    return { cpu: cpu.toSorted((one, other) => one - other)[times / 2], requests: counted }
  },
  async memory() {
    await signIn({ username, password })
    const { credentials, tokens } = await fetchAuthSession()
    if (!credentials || !tokens) throw new Error(`${library} has no session.`)
    for (let round = 0; round < 5_000; round++) await fetchAuthSession()
    clear()
    const times = 10_000
    const began = performance.now()
    for (let round = 0; round < times; round++) await fetchAuthSession()
    return { micros: ((performance.now() - began) / times) * 1000, requests: { ...requests } }
  },
  /** A page that was left open overnight and is loaded again: ten of its components ask at once. */
  async expired() {
    const kept = new Map(Object.entries(items))
    cognitoUserPoolsTokenProvider.setKeyValueStorage({
      getItem: async (key) => kept.get(key) ?? null,
      setItem: async (key, value) => void kept.set(key, value),
      removeItem: async (key) => void kept.delete(key),
      clear: async () => kept.clear(),
    })
    const began = performance.now()
    const sessions = await Promise.all(Array.from({ length: 10 }, () => fetchAuthSession()))
    if (sessions.some(({ credentials, tokens }) => !credentials || !tokens))
      throw new Error(`${library} has no session.`)
    return { wall: performance.now() - began, requests: { ...requests } }
  },
}

console.log(JSON.stringify(await works[work]()))
process.exit(0)

function clear() {
  for (const key of Object.keys(requests)) delete requests[key]
}
