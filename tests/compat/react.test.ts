import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { type Sandbox, startSandbox } from '@backline/sandbox'
import { defineAuth, defineBackend, defineStorage } from 'backline/backend'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFailed, onTestFinished, test } from 'vitest'
import { consoleOf, openChromium } from '../runtimes/browser/chromium.js'

// The hooks of storage in React itself, in Chromium, in strict mode: files and a folder go up, one of them comes down.

const app = `
  import { Amplify } from 'backline'
  import { folderInputs } from 'backline/storage/queue'
  import { useDownload, useUploads } from 'backline/storage/react'
  import { createElement as h, StrictMode } from 'react'
  import { createRoot } from 'react-dom/client'

  const seen = (window.seen = { most: 0, sums: [] })

  function App() {
    const { queue, uploads, transferredBytes, totalBytes, isActive } = useUploads({ concurrency: 2 })
    const { download, cancel, ...stage } = useDownload()
    // For the test: how many have run at once, and each sum that was shown.
    const running = uploads.filter(({ state }) => state === 'IN_PROGRESS').length
    seen.most = Math.max(seen.most, running)
    seen.sums.push(transferredBytes)
    const files = ['a', 'b', 'c'].map((name) => new File([name.repeat(1000)], name + '.txt'))
    return h('main', {},
      h('button', { id: 'add', onClick: () => queue.add(...folderInputs('shared/', files)) }, 'Add'),
      h('input', {
        ...{ id: 'folder', type: 'file', webkitdirectory: '' },
        onChange: ({ target }) => {
          queue.add(...folderInputs('shared/', target.files))
          queue.pause()
        },
      }),
      h('button', { id: 'go', onClick: () => queue.resume() }, 'Go'),
      h('button', { id: 'stop', onClick: cancel }, 'Stop'),
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

async function open() {
  browser ??= await openChromium()
  const page = await browser.newPage()
  onTestFinished(() => page.close())
  const lines = consoleOf(page)
  onTestFailed(() => console.error(lines.join('\n')))
  await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/#${sandbox.url}`)
  return { page, lines }
}

test('a component shows each upload of its queue, the sum of them, and how a download ended', async () => {
  const { page, lines } = await open()
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

test('a folder that is picked goes up with its folders: two at a time, held and let go, and summed up', {
  timeout: 60_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'backline-folder-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const album = join(folder, 'album')
  await mkdir(join(album, 'pets', 'Katzen & Co'), { recursive: true })
  const film = Buffer.from(
    Uint8Array.from({ length: 12 * 2 ** 20 }, (_, index) => Math.imul(index, 2654435761) >>> 13),
  )
  const files: Record<string, Buffer> = {
    'film.mp4': film,
    'pets/Katzen & Co/Miez+1 ü.txt': Buffer.from('miez'),
  }
  for (let index = 0; index < 6; index++) files[`pets/${index}.txt`] = Buffer.alloc(index * 1000, index)
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(album, name), bytes)
  const total = Object.values(files).reduce((sum, { length }) => sum + length, 0)

  const { page, lines } = await open()
  await page.setInputFiles('#folder', album)
  await expect.poll(() => page.locator('li').allTextContents()).toContain('shared/album/film.mp4 PAUSED')
  await page.click('#go')
  await expect.poll(() => text(page, '#sum'), { timeout: 30_000 }).toBe(`${total} of ${total}`)
  expect(new Set(await page.locator('li').allTextContents())).toEqual(
    new Set(Object.keys(files).map((name) => `shared/album/${name} SUCCESS`)),
  )
  const seen = (await page.evaluate('seen')) as { most: number; sums: number[] }
  expect(seen.most).toBe(2)
  expect(seen.sums).toEqual(seen.sums.toSorted((a, b) => a - b))

  const { bucket_name: Bucket } = sandbox.outputs.storage as { bucket_name: string }
  const s3 = new S3Client({
    ...{ region: 'us-east-1', endpoint: sandbox.url, forcePathStyle: true },
    credentials: { ...sandbox.credentials },
  })
  onTestFinished(() => s3.destroy())
  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'shared/album/' }))
  expect(Contents).toHaveLength(Object.keys(files).length)
  for (const [name, bytes] of Object.entries(files)) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: `shared/album/${name}` }))
    expect(Buffer.from(await Body!.transformToByteArray()).equals(bytes), name).toBe(true)
  }

  // A download that S3 does not answer is canceled.
  await page.route('**/shared/b.txt*', () => {})
  await page.click('#load')
  await expect.poll(() => text(page, '#stage')).toMatch(/^IN_PROGRESS/)
  await page.click('#stop')
  await expect.poll(() => text(page, '#stage')).toMatch(/^CANCELED/)
  expect(lines.filter((line) => /uncaught|Warning/.test(line))).toEqual([])
})
