import { Amplify, Hub } from '@backline/core'
import { createMemoryStore } from '@backline/core/internal'
import { expect, test } from 'vitest'
import { app, hostedPages } from './hostedPages.fixture.js'
import { getCurrentUser, signInWithRedirect } from './index.js'

test('an app that imports it and calls configure is signed in when the page comes back', async () => {
  const pages = await hostedPages()
  const { ctx } = pages.browser().tab().load()
  let here = app
  const opened: string[] = []
  const page = {
    url: () => here,
    replaceUrl: (url: string) => {
      here = url
    },
    open: async (url: string) => {
      opened.push(url)
      return undefined
    },
    onRestored: () => {},
  }
  const tabStore = createMemoryStore()
  // The page that leaves is one context, the page that comes back the app's own: they share the tab's store, as in a browser.
  ctx.platform = { ...ctx.platform, page, tabStore }
  await signInWithRedirect({ provider: 'Google' }, ctx)
  here = pages.enter(opened[0]!)

  const events: string[] = []
  Hub.listen('auth', ({ payload }) => void events.push(payload.event))
  Amplify.configure(ctx.config, { store: createMemoryStore(), platform: { page, tabStore } })
  // Configured twice, as by StrictMode.
  Amplify.configure(ctx.config)
  expect(await getCurrentUser()).toEqual({ username: 'sub-ada', userId: 'sub-ada' })
  await expect.poll(() => events).toEqual(['signInWithRedirect', 'signedIn'])
  expect(pages.exchanged).toHaveLength(1)
  expect(here).toBe(app)
  await pages.close()
})
