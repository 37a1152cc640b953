// One runtime in a process of its own, so that neither finds the other's state or warm code. Started by bench-runtime.mjs with
// the name of the library and the configuration; prints its numbers as one line of JSON.
const [library, settings] = process.argv.slice(2)

const began = performance.now()
const { Amplify } = await import(library)
const { signIn, signOut, fetchAuthSession } = await import(`${library}/auth`)
const { generateClient } = await import(`${library}/data`)
await import(`${library}/storage`)
const importing = performance.now() - began
const numbers = { importing }

if (settings) {
  const { config, username, password } = JSON.parse(settings)
  Amplify.configure(config)
  // Once to warm up: modules that load late, and the compiler.
  await signIn({ username, password })
  await signOut()
  numbers.signIn = await measure(8, async (round) => {
    if (round) await signOut()
    await signIn({ username, password })
  })
  await fetchAuthSession()
  numbers.session = await measure(3000, () => fetchAuthSession())

  const { Todo } = generateClient().models
  const list = async () => {
    const { data, errors } = await Todo.list({ limit: 100 })
    if (errors || data.length !== 100)
      throw new Error(`${library} lists ${data?.length}: ${errors?.[0].message}`)
  }
  for (let round = 0; round < 10; round++) await list()
  numbers.list = await measure(100, list)
}
console.log(JSON.stringify(numbers))
process.exit(0)

/** Milliseconds of processor and of wall clock that one round takes. */
async function measure(times, work) {
  const [cpu, wall] = [process.cpuUsage(), performance.now()]
  for (let round = 0; round < times; round++) await work(round)
  const { user, system } = process.cpuUsage(cpu)
  return { cpu: (user + system) / 1000 / times, wall: (performance.now() - wall) / times }
}
