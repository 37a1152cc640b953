import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis'
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { type Sandbox, startSandbox } from '@backline/sandbox'
import { defineAuth, defineBackend, defineLocal, defineStorage } from 'backline/backend'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import type { AnalyticsSteps, ProviderName } from './analyticsPage.js'
import { consoleOf, openChromium } from './chromium.js'
import { openSite } from './site.js'

let sandbox: Sandbox
let kinesis: KinesisClient
let s3: S3Client
let site: Awaited<ReturnType<typeof openSite>>
let browser: Promise<Browser>

beforeAll(async () => {
  browser = openChromium()
  // Awaited by the tests, so that without a browser they fail.
  browser.catch(() => {})
  site = await openSite('analyticsPage.ts', (body) => posted.push(...JSON.parse(body).events))
  sandbox = await startSandbox({
    backend: defineBackend({
      auth: defineAuth({ loginWith: { email: true } }),
      local: defineLocal({
        kinesis: { streams: [{ name: 'clicks', shards: 2 }] },
        firehose: { streams: [{ name: 'archive' }] },
        personalize: { trackingId: 'tracker' },
        pinpoint: { appId: 'app' },
      }),
      storage: defineStorage({ name: 'drive' }),
    }),
  })
  const root = { region: 'us-east-1', endpoint: sandbox.url, credentials: { ...sandbox.credentials } }
  kinesis = new KinesisClient(root)
  s3 = new S3Client({ ...root, forcePathStyle: true })
})
beforeEach(() => {
  posted.length = 0
  return sandbox.reset()
})
afterAll(async () => {
  await browser.then((opened) => opened.close()).catch(() => {})
  kinesis?.destroy()
  s3?.destroy()
  await site?.close()
  await sandbox?.stop()
})

/** What the page records, by hand or by itself. */
interface Stored {
  id: string
  n: number
  life: number
  name?: string
  attributes?: Record<string, string>
}

/** What the stream holds, shard by shard. */
async function read(): Promise<Stored[]> {
  const StreamName = 'clicks'
  const { Shards } = await kinesis.send(new ListShardsCommand({ StreamName }))
  const found: Stored[] = []
  for (const { ShardId } of Shards!) {
    const { ShardIterator } = await kinesis.send(
      new GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
    )
    const { Records } = await kinesis.send(new GetRecordsCommand({ ShardIterator }))
    found.push(...Records!.map(({ Data }) => JSON.parse(Buffer.from(Data!).toString())))
  }
  return found
}

/** The text of every object that the delivery stream has put down. */
async function delivered(): Promise<string> {
  const Bucket = (sandbox.outputs.storage as { bucket_name: string }).bucket_name
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }))
  const texts = Contents.map(async ({ Key }) =>
    (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToString(),
  )
  return (await Promise.all(texts)).join('')
}

interface Seen {
  name?: string
  attributes?: Record<string, string>
  n?: number
}

/** What the page has posted to an endpoint of the app's own. */
const posted: (Seen & { metrics?: Seen })[] = []

/** Where events arrive: of each provider, and of the app's own, which goes by Pinpoint's functions. */
const arrivals = {
  Kinesis: async () => (await read()) as Seen[],
  KinesisFirehose: async () => JSON.parse(`[${(await delivered()).replaceAll('}{', '},{')}]`) as Seen[],
  Personalize: async () => sandbox.received('personalize').map(({ event }) => event.properties as Seen),
  Pinpoint: async () =>
    sandbox.received('mobiletargeting').map(({ event }): Seen => {
      const { EventType, Attributes, Metrics } = event as Record<string, unknown>
      return { name: EventType, attributes: Attributes, ...(Metrics as Seen) } as Seen
    }),
  own: async () => posted.map(({ metrics, ...event }): Seen => ({ ...event, ...metrics })),
}

async function open(
  context: BrowserContext,
  settings: object = {},
  address = site.url,
  { tab, own }: { tab?: Page; own?: string } = {},
) {
  const page = tab ?? (await context.newPage())
  const lines = consoleOf(page)
  await page.goto(address)
  await expect.poll(() => page.evaluate('typeof steps')).toBe('object')
  const step = <Name extends keyof AnalyticsSteps>(name: Name, ...args: Parameters<AnalyticsSteps[Name]>) =>
    page.evaluate(
      ([name, args]) =>
        (globalThis as unknown as { steps: Record<string, (...args: unknown[]) => unknown> }).steps[name]!(
          ...args,
        ),
      [name, args] as [string, unknown[]],
    ) as Promise<Awaited<ReturnType<AnalyticsSteps[Name]>>>
  await step('open', sandbox.url, settings, own)
  return { page, step, lines }
}

async function freshContext() {
  const context = await (await browser).newContext()
  onTestFinished(() => context.close())
  return context
}

/** The tab as it goes: closed by its user, or its process killed. */
async function end(page: Page, how: 'closed' | 'killed') {
  if (how === 'closed') return page.close()
  const gone = page.waitForEvent('crash')
  const devtools = await (await browser).newBrowserCDPSession()
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo')
  for (const { type, id } of processInfo) if (type === 'renderer') process.kill(id, 'SIGKILL')
  await gone
  await devtools.detach()
  await page.close()
}

test('a tab that is killed again and again while it records loses nothing', async () => {
  const seed = Math.floor(Math.random() * 2 ** 32)
  let state = seed
  // https://en.wikipedia.org/wiki/Xorshift
  const random = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
  const count = 5000
  const context = await freshContext()
  for (let life = 0; life < 6; life++) {
    const { page, step } = await open(context, { flushInterval: 60, flushSize: 50 })
    const working = step('recordUpTo', count, life).then(
      () => true,
      () => false,
    )
    const moment = new Promise<false>((resolve) => setTimeout(resolve, 20 + random() * 500, false))
    const isDone = await Promise.race([working, moment])
    await end(page, random() < 0.5 ? 'closed' : 'killed')
    if (isDone) break
  }
  const { step } = await open(context, { flushInterval: 60 })
  await step('recordUpTo', count, 99)
  // What a killed tab left may come a moment later, when the browser has seen that it is gone.
  const missing = async () => {
    const found = new Set((await read()).map(({ n }) => n))
    return Array.from({ length: count }, (_, n) => n).filter((n) => !found.has(n))
  }
  await expect.poll(missing, { message: `seed ${seed}`, timeout: 15_000 }).toEqual([])
  const stored = await read()
  // An event that arrived twice has one id, and no other event has it.
  const events = new Map<string, string>()
  for (const { id, n, life } of stored) {
    expect(id).toBeTruthy()
    expect(events.get(id) ?? `${life} ${n}`, `seed ${seed}`).toBe(`${life} ${n}`)
    events.set(id, `${life} ${n}`)
  }
  expect(new Set(events.values()).size, `seed ${seed}`).toBe(events.size)
}, 60_000)

const everyProvider = (Object.keys(arrivals) as (keyof typeof arrivals)[]).map((what) => ({
  what,
  name: (what === 'own' ? 'Pinpoint' : what) as ProviderName,
  own: what === 'own' ? '/own/events' : undefined,
  arrived: arrivals[what],
}))

test.each(everyProvider)(
  'a tab that closes sends what waits for $what, without being opened again',
  async ({ name, own, arrived }) => {
    const context = await freshContext()
    const { page, step } = await open(context, { flushInterval: 600_000 }, site.url, { own })
    // Once credentials and the signer are there.
    await step('recordFor', name, [0])
    await step('flushFor', name)
    await step('recordFor', name, [1])
    await step('recordFor', name, [2])
    await page.close()
    await expect.poll(async () => (await arrived()).map(({ n }) => n).toSorted()).toEqual([0, 1, 2])
  },
)

// What holds without a browser is said of every provider in packages/analytics.
test.each(everyProvider.filter(({ what }) => what === 'Kinesis' || what === 'own'))(
  'without a network events for $what wait, and go by themselves when it is back',
  async ({ name, own, arrived }) => {
    const context = await freshContext()
    const { step } = await open(context, { flushInterval: 10 }, site.url, { own })
    await step('recordFor', name, [0])
    await step('flushFor', name)
    await context.setOffline(true)
    await step('recordFor', name, [1, 2])
    await step('flushFor', name)
    expect(await arrived()).toHaveLength(1)
    await context.setOffline(false)
    await expect.poll(async () => (await arrived()).map(({ n }) => n).toSorted()).toEqual([0, 1, 2])
  },
)

test('where the browser has no room, the page is told, and events are sent all the same', async () => {
  const context = await freshContext()
  const { page, step } = await open(context, { flushInterval: 600_000 })
  const devtools = await context.newCDPSession(page)
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: new URL(site.url).origin, quotaSize: 1 })
  await step('recordOne', 1)
  await expect.poll(() => step('heard')).toEqual(['notPersisted'])
  await step('flush')
  expect((await read()).map(({ n }) => n)).toEqual([1])
})

test('a service worker records as well, with neither a window nor a storage of its own', async () => {
  const context = await freshContext()
  const page = await context.newPage()
  await page.goto(site.url)
  const [worker] = await Promise.all([
    context.waitForEvent('serviceworker'),
    page.evaluate(async () => {
      await navigator.serviceWorker.register('/page.js', { type: 'module' })
    }),
  ])
  await expect.poll(() => worker.evaluate('typeof steps')).toBe('object')
  expect(await worker.evaluate('[typeof window, typeof localStorage, typeof XMLHttpRequest]')).toEqual(
    Array(3).fill('undefined'),
  )
  await worker.evaluate(`steps.open('${sandbox.url}', {})`)
  for (const { name, arrived } of everyProvider.filter(({ what }) => what !== 'own')) {
    await worker.evaluate(`steps.recordFor('${name}', [1, 2])`)
    await worker.evaluate(`steps.flushFor('${name}')`)
    expect(
      (await arrived()).map(({ n }) => n),
      name,
    ).toEqual([1, 2])
  }
})

test('a second tab leaves alone what the first one has yet to send', async () => {
  const context = await freshContext()
  const first = await open(context, { flushInterval: 600_000 })
  await first.step('recordOne', 1)
  const second = await open(context, { flushInterval: 600_000 })
  await second.step('recordOne', 2)
  await second.step('flush')
  expect((await read()).map(({ n }) => n)).toEqual([2])
  await first.step('flush')
  expect((await read()).map(({ n }) => n).toSorted()).toEqual([1, 2])
})

test.each(everyProvider.filter(({ name }) => name !== 'Personalize'))(
  'sessions, page views and clicks are recorded by themselves for $what, until they are not',
  async ({ name: provider, own, arrived }) => {
    const name = provider as Exclude<ProviderName, 'Personalize'>
    const context = await freshContext()
    const { page, step } = await open(context, {}, site.url, { own })
    await step(
      'show',
      `<main data-amplify-analytics-on="click" data-amplify-analytics-name="bought" data-amplify-analytics-attrs="item:book, link:a:b">
      <button id="inside">Buy</button>
    </main>
    <a id="plain" href="#x" data-amplify-analytics-on="mouseover">Elsewhere</a>`,
    )
    await step('trackFor', name, true)
    await page.click('#inside')
    await page.click('#plain')
    await step('go', '/cart')
    await step('go', '/cart?again')
    await page.goBack()
    await page.goBack()
    await step('trackFor', name, false)
    await page.click('#inside')
    await step('go', '/nowhere')
    await step('flushFor', name)
    const origin = site.url.slice(0, -1)
    const view = (path: string) => ({ name: 'pageView', url: `${origin}${path}`, app: 'shop' })
    expect((await arrived()).map(({ name, attributes }) => ({ name, ...attributes }))).toEqual([
      { name: '_session.start', app: 'shop' },
      view('/'),
      {
        ...{ name: 'bought', type: 'click', target: 'main with id ', app: 'shop' },
        ...{ item: 'book', link: 'a:b' },
      },
      view('/cart'),
      view('/'),
    ])
  },
)

test('of an app of many pages each is recorded once, a reload and the history within it are none', async () => {
  const context = await freshContext()
  const { page } = await open(context)
  const cart = `${site.url}cart`
  for (const address of [site.url, site.url, `${site.url}?again`, cart, site.url]) {
    const { step } = await open(context, {}, address, { tab: page })
    await step('trackPage')
    await step('go', `${new URL(address).pathname}#within`)
    await step('flush')
  }
  const origin = site.url.slice(0, -1)
  expect((await read()).map(({ attributes }) => attributes?.url)).toEqual(
    ['/', '/cart', '/'].map((path) => `${origin}${path}`),
  )
})

test('frames of YouTube tell Personalize what is watched, by one script of its interface', async () => {
  const context = await freshContext()
  const { page, step } = await open(context)
  let scripts = 0
  await page.route('https://www.youtube.com/iframe_api', (route) => {
    scripts++
    // As https://developers.google.com/youtube/iframe_api_reference has it, with a film of two minutes that stands at thirty seconds.
    return route.fulfill({
      contentType: 'text/javascript',
      body: `
        window.tell = {}
        window.YT = { Player: class {
          constructor(element, { events }) { tell[element.id] = (data) => events.onStateChange({ data, target: this }) }
          getCurrentTime() { return 30 }
          getDuration() { return 120 }
        } }
        onYouTubeIframeAPIReady()`,
    })
  })
  await step('show', '<iframe id="one"></iframe><iframe id="two"></iframe>')
  await step('follow', 'one')
  await step('follow', 'two')
  await expect.poll(() => page.evaluate('Object.keys(globalThis.tell ?? {})')).toEqual(['one', 'two'])
  // Unstarted, buffering, playing, paused; and of the other: ended.
  await page.evaluate('[-1, 3, 1, 2].forEach((state) => tell.one(state)); tell.two(0)')
  await step('flushPersonalize')
  const received = sandbox.received('personalize').map(({ event }) => event)
  expect(received.map(({ eventType }) => eventType)).toEqual(['Play', 'Pause', 'Ended'])
  expect(scripts).toBe(1)
  expect(received[0]!.properties).toMatchObject({ itemId: 'film', duration: 120, eventValue: 0.25 })
})

test('every three seconds a player that plays tells how far it is', async () => {
  const context = await freshContext()
  const { page, step } = await open(context)
  await step('show', `<audio id="player" src="data:audio/wav;base64,${silence(60)}"></audio>`)
  await step('follow', 'player')
  // The page's timers alone: what plays goes on by itself.
  await page.clock.install()
  const events = () =>
    sandbox
      .received('personalize')
      .map(({ event }) => [event.eventType, event.properties as { duration: number }])
  await page.evaluate(async () => {
    const player = document.querySelector('audio')!
    player.muted = true
    await player.play()
  })
  await page.clock.runFor(6500)
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        const player = document.querySelector('audio')!
        player.addEventListener('pause', resolve)
        player.pause()
      }),
  )
  await page.clock.runFor(6500)
  await step('flushPersonalize')
  await expect
    .poll(() => events().map(([type]) => type))
    .toEqual(['Play', 'TimeWatched', 'TimeWatched', 'Pause'])
  expect(events()[1]![1]).toMatchObject({ itemId: 'film', duration: 60 })
})

test('a player tells Personalize what is watched', async () => {
  const context = await freshContext()
  const { page, step } = await open(context)
  await step('show', `<audio id="player" controls src="data:audio/wav;base64,${silence(1)}"></audio>`)
  await step('follow', 'player')
  await page.evaluate(async () => {
    const player = document.querySelector('audio')!
    player.muted = true
    await player.play()
    await new Promise((resolve) => player.addEventListener('ended', resolve))
  })
  await page.close()
  const received = () => sandbox.received('personalize').map(({ event }) => event)
  await expect
    .poll(() => received().map(({ eventType }) => eventType))
    .toEqual(expect.arrayContaining(['Play', 'Ended']))
  expect(received()[0]!.properties).toMatchObject({ itemId: 'film', duration: 1 })
})

/** So many seconds of nothing. */
function silence(seconds: number): string {
  const rate = 8000
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE(36 + rate * seconds, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(rate, 24)
  head.writeUInt32LE(rate, 28)
  head.writeUInt16LE(1, 32)
  head.writeUInt16LE(8, 34)
  head.write('data', 36)
  head.writeUInt32LE(rate * seconds, 40)
  return Buffer.concat([head, Buffer.alloc(rate * seconds, 128)]).toString('base64')
}
