import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { type Sandbox, startSandbox } from '@backline/sandbox'
import { defineAuth, defineBackend, defineStorage } from 'backline/backend'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest'
import { consoleOf, openChromium } from '../runtimes/browser/chromium.js'

// The hooks of storage in React itself, in Chromium, in strict mode: a folder of files goes up, one of them comes down.

const app = `
  import { Amplify } from 'backline'
  import { folderInputs } from 'backline/storage/queue'
  import { useDownload, useUploads } from 'backline/storage/react'
  import { createElement as h, StrictMode } from 'react'
  import { createRoot } from 'react-dom/client'

  function App() {
    const { queue, uploads, transferredBytes, totalBytes, isActive } = useUploads({ concurrency: 2 })
    const { download, cancel, ...stage } = useDownload()
    const files = ['a', 'b', 'c'].map((name) => new File([name.repeat(1000)], name + '.txt'))
    return h('main', {},
      h('button', { id: 'add', onClick: () => queue.add(...folderInputs('shared/', files)) }, 'Add'),
      h('p', { id: 'sum' }, isActive ? 'active' : transferredBytes + ' of ' + totalBytes),
      h('ol', {}, uploads.map(({ id, state, input }) => h('li', { key: id }, input.path + ' ' + state))),
      h('button', { id: 'load', onClick: () => download({ path: 'shared/b.txt' }) }, 'Load'),
      h('button', { id: 'miss', onClick: () => download({ path: 'shared/none.txt' }) }, 'Miss'),
      h('p', { id: 'stage' }, stage.state, ' ', stage.result?.size ?? stage.error?.name ?? ''))
  }
  Amplify.configure(await fetch(location.hash.slice(1) + '/_backline/outputs').then((answer) => answer.json()))
  createRoot(document.body).render(h(StrictMode, {}, h(App)))
`

let sandbox: Sandbox
let browser: Browser | undefined
let site: ReturnType<typeof createServer>

beforeAll(async () => {
  sandbox = await startSandbox({
    backend: defineBackend({
      auth: defineAuth({ loginWith: { email: true } }),
      storage: defineStorage({
        name: 'drive',
        access: (allow) => ({ 'shared/*': [allow.guest.to(['read', 'write'])] }),
      }),
    }),
  })
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

test('a component shows each upload of its queue, the sum of them, and how a download ended', async () => {
  browser = await openChromium()
  const page = await browser.newPage()
  const lines = consoleOf(page)
  onTestFailed(() => console.error(lines.join('\n')))
  await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/#${sandbox.url}`)
  await page.click('#add')
  await expect.poll(() => text(page, '#sum'), { timeout: 15_000 }).toBe('3000 of 3000')
  expect(await page.locator('li').allTextContents()).toEqual([
    'shared/a.txt SUCCESS',
    'shared/b.txt SUCCESS',
    'shared/c.txt SUCCESS',
  ])
  expect(await text(page, '#stage')).toBe('IDLE ')
  await page.click('#load')
  await expect.poll(() => text(page, '#stage')).toBe('SUCCESS 1000')
  await page.click('#miss')
  await expect.poll(() => text(page, '#stage')).toMatch(/^ERROR (AccessDenied|NoSuchKey)$/)
  expect(lines.filter((line) => /uncaught|Warning/.test(line))).toEqual([])
})
