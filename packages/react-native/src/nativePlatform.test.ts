import { gunzipSync, gzipSync } from 'node:zlib'
import { confirmSignUp, getCurrentUser, signIn, signOut, signUp } from '@backline/auth'
import { type AmplifyContext, createAmplifyContext } from '@backline/core'
import { utf8 } from '@backline/core/internal'
import { type Sandbox, startSandbox } from '@backline/sandbox'
import { defineAuth, defineBackend } from '@backline/schema/backend'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createNativePlatform, type NativePlatformOptions } from './index.js'
import { startPhone } from './phone.fixture.js'

let sandbox: Sandbox
const ada = { username: 'ada@example.com', password: 'Analytical-1' }

beforeAll(async () => {
  sandbox = await startSandbox({
    backend: defineBackend({ auth: defineAuth({ loginWith: { email: true } }) }),
  })
  const ctx = createAmplifyContext(sandbox.outputs)
  await signUp(ada, ctx)
  const { code } = await sandbox.inbox.next({ to: ada.username })
  await confirmSignUp({ username: ada.username, confirmationCode: code! }, ctx)
})
afterAll(() => sandbox.stop())

const appWith = (options: NativePlatformOptions): AmplifyContext =>
  createAmplifyContext(sandbox.outputs, { platform: createNativePlatform(options) })

test('a session lives in the store of the phone, and is gone when signOut has resolved', async () => {
  const phone = startPhone()
  const app = appWith(phone)
  await signIn(ada, app)
  expect([...phone.kept.keys()].some((key) => key.endsWith('.LastAuthUser'))).toBe(true)

  // The app is started anew.
  const again = appWith(phone)
  expect((await getCurrentUser(again)).signInDetails?.loginId).toBe(ada.username)
  await signOut(undefined, again)
  await expect(getCurrentUser(again)).rejects.toMatchObject({ name: 'UserUnAuthenticatedException' })
  await expect(getCurrentUser(app)).rejects.toMatchObject({ name: 'UserUnAuthenticatedException' })
})

test('a package that is missing is named, with how to get it and what else would do', async () => {
  const store = startPhone().store
  const withoutStore = await signIn(ada, appWith({})).catch((error) => error)
  expect(withoutStore).toMatchObject({
    name: 'PackageNotInstalled',
    message: expect.stringContaining('@react-native-async-storage/async-storage'),
    recoverySuggestion: expect.stringMatching(/npx expo install @react.*createNativePlatform/),
  })
  const platform = createNativePlatform({ store })
  await expect(platform.openFile!('file:///film.mp4')).rejects.toMatchObject({
    name: 'PackageNotInstalled',
    message: expect.stringMatching(/expo-file-system.*file:\/\/\/film\.mp4/),
  })
  await expect(platform.page!.open('https://a.example', ['app://b'])).rejects.toMatchObject({
    name: 'PackageNotInstalled',
    recoverySuggestion: expect.stringContaining('react-native-inappbrowser-reborn'),
  })
})

test('what bots are told is squeezed and unsqueezed by fflate', async () => {
  const { gzip, gunzip } = createNativePlatform()
  const text = utf8('Hello, hello, hello')
  expect([...gunzipSync(await gzip!(text))]).toEqual([...text])
  expect([...(await gunzip!(gzipSync(text)))]).toEqual([...text])
})

test('the network is there until NetInfo says otherwise, and each change is told once', () => {
  const phone = startPhone()
  const platform = createNativePlatform(phone)
  const heard: boolean[] = []
  const stop = platform.watchOnline!((online) => heard.push(online))
  expect(platform.isOnline!()).toBe(true)
  for (const connected of [true, false, false, true]) phone.connect(connected)
  expect(heard).toEqual([false, true])
  stop()
  phone.connect(false)
  expect(heard).toHaveLength(2)
  expect(platform.isOnline!()).toBe(false)
  expect(createNativePlatform().isOnline!()).toBe(true)
})

test('an app is seen until it is in the background', () => {
  const phone = startPhone()
  const platform = createNativePlatform(phone)
  const heard: boolean[] = []
  const stop = platform.watchVisible!((visible) => heard.push(visible))
  for (const state of ['inactive', 'active', 'inactive', 'background', 'active'] as const) phone.show(state)
  expect(heard).toEqual([false, true])
  phone.show('background')
  expect(platform.isVisible!()).toBe(false)
  stop()
  expect(phone.listeners()).toBe(0)
})
