// The official adapter as a server of the Pages Router has it, on whatever `aws-amplify` is installed. What it is to do comes as the argument.
import https from 'node:https'
import net from 'node:net'
import { createServerRunner } from 'official-adapter-nextjs'
import { generateServerClientUsingReqRes } from 'official-adapter-nextjs/data'
import { fetchAuthSession, fetchUserAttributes, getCurrentUser } from 'aws-amplify/auth/server'

const { outputs, cookies, port } = JSON.parse(process.argv[2])
// Its verifier asks AWS's own host for the keys, over TLS. Here the sandbox is behind every such address.
https.globalAgent.createConnection = () => net.connect(port, '127.0.0.1')
process.env.AMPLIFY_APP_ORIGIN = 'http://localhost:3000'
const { runWithAmplifyServerContext, createAuthRouteHandlers } = createServerRunner({ config: outputs })

function visit(cookies) {
  const lines = []
  const cookie = Object.entries(cookies).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  const request = { headers: { cookie: cookie.join('; ') }, cookies }
  const response = {
    headersSent: false,
    getHeader() {},
    setHeader: (_, value) => lines.push(...[value].flat()),
    appendHeader: (_, line) => lines.push(line),
  }
  const run = (operation) =>
    runWithAmplifyServerContext({ nextServerContext: { request, response }, operation }).catch(
      ({ name }) => name,
    )
  return { run, lines }
}
const { run, lines } = visit(cookies)
const client = generateServerClientUsingReqRes({ config: outputs })
const forged = Object.fromEntries(
  Object.entries(cookies).map(([name, value]) => [
    name,
    /\.(access|id)Token$/.test(name) ? value.replace(/\.[^.]*$/, '.AAAA') : value,
  ]),
)
const answers = {
  loginId: await run(async (ctx) => (await getCurrentUser(ctx)).signInDetails.loginId),
  email: await run(async (ctx) => (await fetchUserAttributes(ctx)).email),
  written: await run(async (ctx) => (await client.models.Todo.create(ctx, { content: 'Official' })).data.content),
  read: await run(async (ctx) => (await client.models.Todo.list(ctx)).data.map(({ content }) => content)),
  renewed: await run(async (ctx) => !!(await fetchAuthSession(ctx, { forceRefresh: true })).tokens),
  set: lines.map((line) => line.replace(/^.*\.(\w+)=[^;]*/, '$1')),
  forged: await visit(forged).run((ctx) => getCurrentUser(ctx)),
  nobody: await visit({}).run((ctx) => getCurrentUser(ctx)),
  isHandler: typeof createAuthRouteHandlers(),
}
console.log(JSON.stringify(answers))
process.exit(0)
