import { createAmplifyContext } from '@backline/core'
import { type Context, createMemoryStore, type LibraryOptions } from '@backline/core/internal'
import { startSandbox } from '@backline/sandbox'
import { type BotResult, defineAuth, defineBackend, defineLocal } from '@backline/schema/backend'

// For tests of this package only: a bot that orders flowers, and contexts of guests that watch what goes to it.

export interface Sent {
  /** The path. */
  path: string
  headers: Record<string, string>
}

export async function startBot() {
  const state: { fulfil: () => BotResult } = { fulfil: () => ({}) }
  const sandbox = await startSandbox({
    backend: defineBackend({
      auth: defineAuth({ loginWith: { email: true } }),
      local: defineLocal({
        lex: {
          bots: [
            {
              name: 'Florist',
              fallback: 'I know about flowers only.',
              intents: [
                {
                  name: 'Order',
                  sampleUtterances: ['order flowers', 'send {Count} flowers'],
                  slots: [
                    { name: 'Count', type: 'AMAZON.Number', prompt: 'How many, [name]?' },
                    { name: 'Day', type: 'AMAZON.Date', prompt: 'For when – größer geht’s nicht?' },
                  ],
                  closing: '{Count} flowers are on their way.',
                  fulfillment: () => state.fulfil(),
                },
                { name: 'Hours', sampleUtterances: ['when are you open'], closing: 'Always.' },
              ],
            },
          ],
        },
      }),
    }),
  })

  /** The app of a guest. `change` sees each answer of the bot and may replace it. */
  function open(
    change: (response: Response) => Response | Promise<Response> = (response) => response,
    platform: object = {},
  ) {
    const sent: Sent[] = []
    const ctx: Context = createAmplifyContext(sandbox.outputs, {
      platform: {
        store: createMemoryStore(),
        async fetch(input, init) {
          const { pathname } = new URL(String(input))
          if (pathname === '/') return fetch(input, init)
          sent.push({ path: pathname, headers: init!.headers as Record<string, string> })
          return change(await fetch(input, init))
        },
        ...platform,
      },
    } as LibraryOptions)
    return { ctx, sent }
  }
  /** An app with these bots on AWS, and what it asks there: the address, and what that is signed for. */
  function onAws(Interactions: object) {
    const asked: { url: string; scope: string }[] = []
    const ctx: Context = createAmplifyContext({ Interactions }, {
      Auth: {
        credentialsProvider: {
          getCredentialsAndIdentityId: async () => ({
            credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
          }),
          clearCredentialsAndIdentityId() {},
        },
      },
      platform: {
        store: createMemoryStore(),
        async fetch(input, init) {
          const { authorization = '' } = init!.headers as Record<string, string>
          const [, scope = ''] = /AKIAEXAMPLE\/\d{8}\/([\w/-]+)\/aws4_request/.exec(authorization) ?? []
          asked.push({ url: String(input), scope })
          return new Response('{}')
        },
      },
    } as LibraryOptions)
    return { ctx, asked }
  }
  return { sandbox, state, open, onAws }
}
