import { startSandbox } from '@backline/sandbox'
import { createAmplifyContext } from 'backline'
import { signIn } from 'backline/auth'
import { defineAuth, defineBackend, defineData } from 'backline/backend'
import { generateClient } from 'backline/data'
import { a, type ClientSchema } from 'backline/schema'
import { expect, onTestFinished, test } from 'vitest'
import { heardOf } from './heard.fixture.js'
import { register } from './register.fixture.js'
import { PASSWORD } from './shop.fixture.js'

const schema = a.schema({
  Todo: a.model({ text: a.string() }).authorization((allow) => [allow.owner(), allow.publicApiKey()]),
})
type Schema = ClientSchema<typeof schema>

// The pool's tokens are good for an hour by the sandbox's clock; the device's own does not know how late it is.

test('a subscription and a live query outlive the tokens they began with, again and again', async () => {
  const sandbox = await startSandbox({
    backend: defineBackend({
      auth: defineAuth({ loginWith: { email: true } }),
      data: defineData({
        schema,
        authorizationModes: {
          defaultAuthorizationMode: 'userPool',
          apiKeyAuthorizationMode: { expiresInDays: 30 },
        },
      }),
    }),
  })
  onTestFinished(() => sandbox.stop())
  const username = 'ada@example.com'
  const ctx = await register(sandbox, username)
  await signIn({ username, password: PASSWORD }, ctx)

  const ada = generateClient<Schema>({}, ctx).models.Todo
  // With a key that does not expire: it changes rows while ada's tokens are old.
  const clerk = generateClient<Schema>({ authMode: 'apiKey' }, createAmplifyContext(sandbox.outputs)).models
    .Todo
  const { data: todo } = await ada.create({ text: 'mine' }).orThrow()
  const news = heardOf(ada.onUpdate())
  const live = heardOf(ada.observeQuery())
  await live.latest(({ isSynced }) => isSynced)
  const shows = (text: string) =>
    live.latest(({ items, isSynced }) => isSynced && items.length === 1 && items[0]!.text === text)
  await news.after(() => clerk.update({ id: todo!.id, text: 'changed' }).orThrow())
  await shows('changed')

  for (const round of [1, 2]) {
    // The tokens are old, the sockets are not.
    sandbox.clock.advance(2 * 3_600_000)
    await clerk.update({ id: todo!.id, text: `late ${round}` }).orThrow()
    await news.latest(({ text }) => text === `late ${round}`)
    await shows(`late ${round}`)

    // Now the sockets have to prove themselves anew, with tokens that are refused at first.
    sandbox.dropSockets()
    await clerk.update({ id: todo!.id, text: `missed ${round}` }).orThrow()
    await shows(`missed ${round}`)
    const heard = news.values.length
    for (let i = 0; i < 1000 && news.values.length === heard; i++) {
      await clerk.update({ id: todo!.id, text: `after ${round}` }).orThrow()
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    await news.latest(({ text }) => text === `after ${round}`)
    await shows(`after ${round}`)
  }
  expect([news.errors, live.errors]).toEqual([[], []])
  for (const each of [news, live]) each.stop()
})
