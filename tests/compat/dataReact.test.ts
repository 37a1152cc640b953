import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { createAmplifyContext } from '@backline/core'
import { generateClient } from '@backline/data'
import { type Sandbox, startSandbox } from '@backline/sandbox'
import { a, type ClientSchema } from '@backline/schema'
import { defineBackend, defineData } from 'backline/backend'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest'
import { consoleOf, openChromium } from '../runtimes/browser/chromium.js'

// The hook of data and its adapters to TanStack Query, in React itself, in Chromium, in strict mode.

const app = `
  import { QueryClient, QueryClientProvider, useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
  import { Amplify } from 'backline'
  import { generateClient } from 'backline/data'
  import { useLiveQuery } from 'backline/data/react'
  import { answerMutation, answerQuery, liveQuery, pagesQuery } from 'backline/data/tanstack-query'
  import { createElement as h, StrictMode, useState } from 'react'
  import { createRoot } from 'react-dom/client'

  const client = generateClient()
  const contents = (rows = []) => rows.map(({ content }) => content).sort().join()
  // Counts sockets and drawings: what an app would notice.
  const RealSocket = globalThis.WebSocket
  globalThis.sockets = 0
  globalThis.WebSocket = class extends RealSocket { constructor(...args) { super(...args); globalThis.sockets++ } }

  function Live({ done }) {
    const { items, isLoading, error } = useLiveQuery(
      () => client.models.Todo.observeQuery({ filter: { done: { eq: done } } }), [done])
    return h('p', { id: 'live' }, isLoading ? 'loading' : contents(items), error ? ' ' + error.name : '')
  }
  function Cached() {
    const { Todo } = client.models
    const live = useQuery(liveQuery(['live'], () => Todo.observeQuery()))
    const missing = useQuery({ ...answerQuery(['bad'], (signal) => Todo.list({ authMode: 'lambda', authToken: 'x', signal })), retry: false })
    const pages = useInfiniteQuery(pagesQuery(['pages'], (nextToken, signal) => Todo.list({ limit: 2, nextToken, signal })))
    const create = useMutation(answerMutation((content) => Todo.create({ content, done: false })))
    return h('section', {},
      h('p', { id: 'cached' }, live.isPending ? 'loading' : contents(live.data)),
      h('p', { id: 'error' }, missing.error?.name ?? missing.status),
      h('p', { id: 'pages' }, pages.data?.pages.map(({ data }) => data.length).join(), ' ', String(pages.hasNextPage)),
      h('button', { id: 'more', onClick: () => pages.fetchNextPage() }, 'More'),
      h('button', { id: 'create', onClick: () => create.mutate('made') }, 'Create'),
      h('p', { id: 'made' }, create.data?.content ?? create.status))
  }
  function App() {
    const [done, setDone] = useState(false)
    const [open, setOpen] = useState(true)
    return h('main', { style: { font: '16px system-ui', maxWidth: 480, margin: '24px auto' } },
      h('h1', {}, 'Todos'),
      h('button', { id: 'other', onClick: () => setDone(!done) }, done ? 'Open ones' : 'Done ones'),
      h('button', { id: 'close', onClick: () => setOpen(!open) }, 'Close'),
      open && h(Live, { done }), open && h(Cached))
  }
  Amplify.configure(await fetch(location.hash.slice(1) + '/_backline/outputs').then((answer) => answer.json()))
  createRoot(document.body).render(h(StrictMode, {}, h(QueryClientProvider, { client: new QueryClient() }, h(App))))
`

const schema = a
  .schema({ Todo: a.model({ content: a.string().required(), done: a.boolean() }) })
  .authorization((allow) => [allow.publicApiKey()])

let sandbox: Sandbox
let browser: Browser | undefined
let site: ReturnType<typeof createServer>

beforeAll(async () => {
  const data = defineData({ schema, authorizationModes: { defaultAuthorizationMode: 'apiKey' } })
  sandbox = await startSandbox({ backend: defineBackend({ data }) })
  const { outputFiles } = await build({
    stdin: { contents: app, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"development"' },
  })
  site = createServer(({ url }, answer) => {
    if (url === '/app.js') answer.setHeader('content-type', 'text/javascript').end(outputFiles[0]!.contents)
    else
      answer
        .setHeader('content-type', 'text/html')
        .end('<!doctype html><body></body><script type=module src=/app.js></script>')
  })
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  await browser?.close()
  site?.close()
  site?.closeAllConnections()
  await sandbox?.stop()
})

const text = (page: Page, selector: string) => page.locator(selector).textContent()
const shows = (page: Page, selector: string, wanted: string) =>
  expect.poll(() => text(page, selector), { timeout: 15_000 }).toBe(wanted)

test('components show rows as they come, go and change, over one socket; caches hold answers, pages and errors', async () => {
  const config = sandbox.outputs as Parameters<typeof createAmplifyContext>[0]
  const { Todo } = generateClient<ClientSchema<typeof schema>>({}, createAmplifyContext(config)).models
  const { data: first } = await Todo.create({ content: 'a', done: false })
  await Todo.create({ content: 'b', done: true })
  await Todo.create({ content: 'c', done: false })

  browser = await openChromium()
  const page = await browser.newPage()
  const lines = consoleOf(page)
  onTestFailed(() => console.error(lines.join('\n')))
  await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/#${sandbox.url}`)
  await shows(page, '#live', 'a,c')
  await shows(page, '#cached', 'a,b,c')
  await shows(page, '#error', 'UnauthorizedException')
  await shows(page, '#pages', '2 true')

  await Todo.update({ id: first!.id, done: true })
  await shows(page, '#live', 'c')
  await Todo.create({ content: 'd', done: false })
  await shows(page, '#live', 'c,d')
  await shows(page, '#cached', 'a,b,c,d')
  await page.click('#other')
  await shows(page, '#live', 'a,b')
  await page.click('#more')
  await shows(page, '#pages', '2,2 true')
  // As with DynamoDB: that nothing follows a full page is known when one asks.
  await page.click('#more')
  await shows(page, '#pages', '2,2,0 false')
  await page.click('#create')
  await shows(page, '#made', 'made')
  await shows(page, '#cached', 'a,b,c,d,made')
  // Strict mode has mounted everything twice.
  expect(await page.evaluate('sockets')).toBe(1)

  // Closed and opened again, after something has happened.
  await page.click('#close')
  await Todo.delete({ id: first!.id })
  await page.click('#close')
  await shows(page, '#cached', 'b,c,d,made')
  await shows(page, '#live', 'b')
  if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT })
  expect(lines.filter((line) => /uncaught|Warning/.test(line))).toEqual([])
})
