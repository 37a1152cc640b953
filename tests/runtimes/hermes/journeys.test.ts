import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { GetRecordsCommand, GetShardIteratorCommand, KinesisClient } from '@aws-sdk/client-kinesis'
import { type Sandbox, startSandbox } from '@backline/sandbox'
import { createAmplifyContext } from 'backline'
import { signIn } from 'backline/auth'
import { generateClient } from 'backline/data'
import { downloadData } from 'backline/storage'
import { transform } from 'esbuild'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createBrowser } from '../../../packages/sandbox/src/cognito-oauth/browser.fixture.js'
import { backend, type Schema } from '../../journeys/backend.js'
import { journeys } from '../../journeys/index.js'
import { newcomer } from '../../journeys/signUp.js'
import { createStage } from '../../journeys/stage.js'
import { bytesOfFile, type Phone, startPhone } from './hermes.js'
import { bundle, hermes, install } from './install.js'
import { phoneBackend } from './phoneBackend.js'

// Every journey in Hermes: the built packages as Metro finds them in an app, on React Native's own fetch, XMLHttpRequest, WebSocket, Blob and
// AppState, and the real packages for storage, network and random numbers. Played is what the native side does: hermes.ts.

/** Bytes, minified. A bound that was reached; lower it when you beat it. */
const TYPICAL = 340_500

/** Of the film that lies on the device: two parts. */
const FILM = 6 * 1024 * 1024

let sandbox: Sandbox
let phone: Phone
let scripts: string[]

beforeAll(async () => {
  ;[sandbox] = await Promise.all([startSandbox({ backend }), install()])
  const bundled = await bundle('program.ts')
  const native = fileURLToPath(new URL('native.js', import.meta.url))
  scripts = [native, bundled].map((file) => readFileSync(file, 'utf8'))
  phone = startPhone(hermes, scripts)
}, 240_000)
afterAll(async () => {
  await phone?.stop()
  await sandbox?.stop()
})

test.each(journeys.map(({ name }) => name))(
  '%s',
  async (name) => {
    phone.kept.clear()
    await phone.call('play', sandbox.url, name)
    expect(phone.said).toEqual([])
  },
  240_000,
)

test('an hour in the background: back in front the tokens are new, the sockets open and the list right', async () => {
  const hour = 3_600_000
  phone.kept.clear()
  await phone.call('openList', sandbox.url)

  phone.show('background')
  await phone.call('sleep', hour)
  sandbox.clock.advance(hour)
  const grace = createAmplifyContext(sandbox.outputs, { platform: { now: () => Date.now() + hour } })
  await (await createStage(sandbox.url, 'node', false)).arrive('grace', grace)
  const client = generateClient<Schema>({}, grace)
  await client.models.Todo.create({ content: 'written meanwhile' })
  const { data } = await client.models.Todo.list()
  await client.models.Todo.delete({ id: data.find(({ content }) => content === 'written before')!.id })
  sandbox.dropSockets()

  phone.show('active')
  expect(await phone.call('listShows', ['written meanwhile'])).toBe(1)
  expect(phone.said).toEqual([])
}, 60_000)

test('whoever is signed in still is when the app has been killed and started again', async () => {
  const again = startPhone(hermes, scripts, phone.kept)
  try {
    expect(await again.call('whoIsThere', sandbox.url)).toBe('ada@example.com')
    expect(again.said).toEqual([])
  } finally {
    await again.stop()
  }
}, 60_000)

test('an engine without big numbers signs in by SRP as well', async () => {
  const old = startPhone(hermes, ['delete globalThis.BigInt', ...scripts])
  try {
    await old.call('play', sandbox.url, newcomer.name)
    expect(old.said).toEqual([])
  } finally {
    await old.stop()
  }
}, 60_000)

test('what a phone loads of Backline for a typical app has a bound, and nothing that an engine without big numbers cannot read', async () => {
  const code = readFileSync(await bundle('typical.ts', { minify: true, only: 'backline' }), 'utf8')
  expect(code).toContain('USER_SRP_AUTH')
  expect((await transform(code, { supported: { bigint: false } })).warnings).toEqual([])
  // Metro takes modules as a whole. aws-amplify's app beside it: `npm run bench:phones`.
  expect(code.length).toBeLessThan(TYPICAL)
}, 240_000)

describe.each([
  { about: 'with the packages of Expo', without: [] },
  {
    about: 'with react-native-inappbrowser-reborn and @dr.pogodin/react-native-fs',
    without: ['expo-web-browser', 'expo-file-system'],
  },
  {
    about: 'with @aws-amplify/rtn-web-browser',
    without: ['expo-web-browser', 'expo-file-system', 'react-native-inappbrowser-reborn'],
  },
])('what only a phone does, $about', ({ without }) => {
  const isExpo = without.length === 0
  let own: Sandbox
  let ada: Phone

  beforeAll(async () => {
    own = await startSandbox({ backend: phoneBackend })
    if (!isExpo) scripts[1] = readFileSync(await bundle('program.ts', { without }), 'utf8')
    ada = startPhone(hermes, scripts)
    await ada.call('arrive', own.url)
  }, 240_000)
  afterEach(() => expect(ada.said).toEqual([]))
  afterAll(async () => {
    await ada?.stop()
    await own?.stop()
  })

  /** What the backend holds there. */
  async function stored(path: string) {
    const ctx = createAmplifyContext(own.outputs)
    await signIn({ username: 'ada@example.com', password: 'Analytical-1' }, ctx)
    const { body } = await downloadData({ path }, ctx).result
    return new Uint8Array(await (await body.blob()).arrayBuffer())
  }

  /** The numbers that the stream holds. */
  async function recorded(): Promise<number[]> {
    const StreamName = 'clicks'
    const kinesis = new KinesisClient({
      region: 'us-east-1',
      endpoint: own.url,
      credentials: { ...own.credentials },
    })
    const { ShardIterator } = await kinesis.send(
      new GetShardIteratorCommand({
        StreamName,
        ShardId: 'shardId-000000000000',
        ShardIteratorType: 'TRIM_HORIZON',
      }),
    )
    const { Records } = await kinesis.send(new GetRecordsCommand({ ShardIterator }))
    kinesis.destroy()
    return Records!.map(({ Data }) => JSON.parse(Buffer.from(Data!).toString()).n)
  }

  interface Sent {
    eTag: string
    progress: number[]
    device: { reads: number[]; modes: (string | null)[]; released: number }
  }

  test('a file goes up part by part, by its URI alone', async () => {
    // The other package hands over base64, of which an interpreter takes long to make a lot.
    const [uri, size] = isExpo ? ['file:///data/film.mp4', FILM] : ['file:///data/photo.jpg', 300_000]
    const { progress, device, eTag } = await ada.call<Sent>('upload', uri, 'shared/film', false)
    expect(eTag).toBeTruthy()
    expect(progress.at(-1)).toBe(size)
    // A part at a time, and some of it before, by which a file is known again.
    const read = device.reads.reduce((sum, each) => sum + each, 0)
    expect(read).toBeGreaterThanOrEqual(size)
    expect(read).toBeLessThan(size + 256 * 1024)
    expect(Math.max(...device.reads)).toBe(Math.min(size, 5 * 1024 * 1024))
    // A file that may only be read is opened too.
    if (isExpo) expect(new Set(device.modes)).toEqual(new Set(['r']))
    expect(Buffer.compare(await stored('shared/film'), bytesOfFile(size))).toBe(0)
    await ada.call('upload', 'file:///data/a%20note.txt', 'shared/note', false)
    expect(await stored('shared/note')).toEqual(bytesOfFile(11))
  }, 60_000)

  test('a sign-in by the hosted pages ends in the app, and so does the way out', async () => {
    await ada.call('leaveByPage')
    const pages = createBrowser(own.url)
    ada.visit = async (url) => {
      // The browser of v6 makes https of it.
      const seen = await pages.visit(url.replace('https', 'http'))
      const back =
        seen.left ??
        (await pages.submit(seen, { username: 'ada@example.com', password: 'Analytical-1' })).left
      return back?.href
    }
    const { failure, heard, user } = await ada.call<{ failure?: string; heard: string[]; user?: string }>(
      'enterByPage',
      own.url,
    )
    expect(failure).toBeUndefined()
    expect(user).toBeTruthy()
    expect(heard.sort()).toEqual(['customOAuthState to/the cart', 'signInWithRedirect', 'signedIn'])
    expect(await ada.call('leaveByPage')).toBe('UserUnAuthenticatedException')

    ada.visit = async () => undefined
    expect(await ada.call('enterByPage', own.url)).toMatchObject({
      failure: expect.stringContaining('OAuthSignInException'),
    })
    // Whoever closed the page may open it again.
    ada.visit = async (url) =>
      (
        await pages.submit(await pages.visit(url.replace('https', 'http')), {
          username: 'ada@example.com',
          password: 'Analytical-1',
        })
      ).left?.href
    expect((await ada.call<{ user?: string }>('enterByPage', own.url)).user).toBe(user)
  }, 60_000)

  // The rest has nothing to do with what the packages are.
  if (!isExpo) return

  test('a file goes up in the background, and can be canceled', async () => {
    const before = (await ada.call<Sent>('upload', 'file:///data/a%20note.txt', 'shared/note', false)).device
      .reads.length
    const { progress, device } = await ada.call<Sent>(
      'upload',
      'file:///data/film.mp4',
      'shared/behind',
      true,
    )
    expect(device.reads).toHaveLength(before)
    expect(progress.length).toBeGreaterThan(1)
    expect(progress.at(-1)).toBe(FILM)
    expect(Buffer.compare(await stored('shared/behind'), bytesOfFile(FILM))).toBe(0)
    expect(device.released).toBe(1)

    expect(await ada.call('cancel', 'file:///data/film.mp4', 'shared/never')).toEqual({
      name: 'CanceledError',
      state: 'CANCELED',
    })
    await expect(stored('shared/never')).rejects.toThrow()
  }, 60_000)

  test('what is recorded outlives the app', async () => {
    await ada.call('record', 0, 3)
    const again = startPhone(hermes, scripts, ada.kept)
    // Only what has reached the store is left of the first life.
    await expect
      .poll(() => [...ada.kept.keys()].filter((key) => /kinesis/i.test(key)).length)
      .toBeGreaterThan(0)
    await ada.stop()
    try {
      await again.call('recordAgain', own.url, 3)
      expect((await recorded()).sort()).toEqual([0, 1, 2, 3])
      expect(again.said).toEqual([])
    } finally {
      await again.stop()
    }
    ada = startPhone(hermes, scripts)
  }, 60_000)

  test('a session is kept in the keychain by expo-secure-store, and only there', async () => {
    const other = startPhone(hermes, scripts)
    let third: Phone | undefined
    try {
      await other.call('useKeychain')
      await other.call('arrive', own.url)
      expect([...other.kept.keys()].filter((key) => /Token/.test(key))).toEqual([])
      expect([...other.locked.keys()].filter((key) => /Token/.test(key))).toHaveLength(3)

      third = startPhone(hermes, scripts, other.kept, other.locked)
      await third.call('useKeychain')
      expect(await third.call('whoIsThere', own.url)).toBe('ada@example.com')
      expect([...other.said, ...third.said]).toEqual([])
    } finally {
      await third?.stop()
      await other.stop()
    }
  }, 60_000)
})
