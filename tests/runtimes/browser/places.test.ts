import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Sandbox, startSandbox } from '@backline/sandbox'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, onTestFailed, test, vi } from 'vitest'
import { consoleOf, openChromium, screenshot } from './chromium.js'

// The example with a map, a search and a bot: maplibre-gl draws what the sandbox serves, each request signed by a guest.

const app = fileURLToPath(new URL('../../../examples/places/', import.meta.url))
const worker = fileURLToPath(new URL(import.meta.resolve('maplibre-gl/dist/maplibre-gl-worker.mjs')))

const PATIENCE = 120_000
vi.setConfig({ testTimeout: PATIENCE, hookTimeout: PATIENCE })

let sandbox: Sandbox
let site: Server
let browser: Browser | undefined
let page: Page
let lines: string[]

beforeAll(async () => {
  sandbox = await startSandbox({ backend: join(app, 'amplify') })
  site = await serve(await bundle())
  browser = await openChromium(['--use-angle=swiftshader', '--enable-unsafe-swiftshader'])
  page = await browser.newPage({ viewport: { width: 1200, height: 760 } })
  // Drawn without a graphics card.
  page.setDefaultTimeout(PATIENCE)
  lines = consoleOf(page)
  await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`)
})
beforeEach(() => onTestFailed(() => console.log(lines.join('\n'))))
afterAll(async () => {
  await browser?.close()
  site?.close()
  site?.closeAllConnections()
  await sandbox?.stop()
})

/** As Vite does it in the example, with the outputs of this sandbox. */
async function bundle(): Promise<Map<string, string | Uint8Array>> {
  const { outputFiles } = await build({
    entryPoints: [join(app, 'src/main.ts')],
    bundle: true,
    write: false,
    outdir: '/',
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'silent',
    plugins: [
      {
        name: 'vite',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /amplify_outputs\.json$/ }, ({ path }) => ({ path, namespace: 'outputs' }))
          onLoad({ filter: /.*/, namespace: 'outputs' }, () => ({
            contents: JSON.stringify(sandbox.outputs),
            loader: 'json',
          }))
          onResolve({ filter: /\?url$/ }, ({ path }) => ({ path, namespace: 'url' }))
          onLoad({ filter: /.*/, namespace: 'url' }, () => ({ contents: 'export default "/worker.mjs"' }))
        },
      },
    ],
  })
  const html = readFileSync(join(app, 'index.html'), 'utf8')
    .replace('/src/main.ts', '/main.js')
    .replace('</head>', '<link rel="stylesheet" href="/main.css" /></head>')
  return new Map<string, string | Uint8Array>([
    ['/', html],
    ['/worker.mjs', readFileSync(worker)],
    ...outputFiles.map(({ path, contents }): [string, Uint8Array] => [path, contents]),
  ])
}

function serve(files: Map<string, string | Uint8Array>): Promise<Server> {
  const server = createServer(({ url = '/' }, answer) => {
    const body = files.get(url)
    const type = url === '/' ? 'text/html' : url.endsWith('.css') ? 'text/css' : 'text/javascript'
    answer.writeHead(body === undefined ? 404 : 200, { 'content-type': type }).end(body)
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

/** How many colours a piece of the map has, so that an empty one is told from a drawn one. */
async function colours(): Promise<number> {
  const png = await page.locator('#map canvas').screenshot()
  return page.evaluate(async (base64) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob())
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d')!
    context.drawImage(image, 0, 0)
    const { data } = context.getImageData(0, 0, image.width, image.height)
    const seen = new Set<number>()
    for (let at = 0; at < data.length; at += 4)
      seen.add((data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!)
    return seen.size
  }, png.toString('base64'))
}

const drawn = () => page.locator('#map[data-drawn="true"]').waitFor()

test('the map draws countries, towns and their names', async () => {
  await drawn()
  expect(await page.locator('#place').textContent()).toBe('Or click on the map.')
  expect(await colours()).toBeGreaterThan(50)
  expect(await page.locator('.maplibregl-ctrl-attrib').textContent()).toContain('GeoNames (CC BY 4.0)')
  await screenshot(page, 'places-map')
})

test('what somebody types leads to a town, and the map goes there', async () => {
  await page.fill('#search', 'san fran')
  await page.getByRole('button', { name: 'San Francisco, CA, USA' }).click()
  await page.locator('#place', { hasText: 'San Francisco, CA, USA' }).waitFor()
  await page.locator('.maplibregl-marker').waitFor()
  await page.evaluate(() => delete document.getElementById('map')!.dataset.drawn)
  await drawn()
  expect(await colours()).toBeGreaterThan(20)
  await screenshot(page, 'places-search')
  await page.locator('#map canvas').click({ position: { x: 200, y: 300 } })
  await page.locator('#place', { hasNotText: 'San Francisco' }).waitFor()
})

test('the bot books a hotel', async () => {
  const say = async (message: string, answer: RegExp) => {
    await page.fill('#message', message)
    await page.press('#message', 'Enter')
    await page.locator('#said li:not(.mine)', { hasText: answer }).waitFor()
  }
  await say('I would like to book a hotel in san francisco', /From which day/)
  await say('tomorrow', /how many nights/)
  await say('three', /single room or a double/)
  await say('a room for two', /double room in San Francisco from .* for 3 nights/)
  await say('yes', /Booked\. San Francisco is looking forward/)
  expect(await page.locator('#said').getAttribute('data-ended')).toBe('fulfilled')
  await screenshot(page, 'places-bot')
})

test('what was looked at and booked arrives in the stream, where people see it, and brings a message up', async () => {
  const banner = page.locator('#banner')
  await banner.getByText('Have a good trip!').waitFor()
  await screenshot(page, 'places-message')
  await banner.getByRole('button', { name: 'Close the message' }).click()
  await banner.waitFor({ state: 'hidden' })

  const look = await browser!.newPage({ viewport: { width: 1200, height: 760 } })
  await look.goto(`${sandbox.url}/_backline/`)
  const events = look.locator('#events')
  await events.getByText('"trip_booked"').waitFor()
  await screenshot(look, 'places-events')
  const rows = (await events.locator('tr').allTextContents()).filter((row) => row.includes('trips'))
  expect(rows.at(-1)).toContain('{"name":"town_shown","town":"San Francisco, CA, USA"}')
  expect(rows.some((row) => row.includes('kinesistrips'))).toBe(true)
})
