import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAmplifyContext } from '@backline/core'
import { createMemoryStore, type KeyValueStorageInterface, type Page } from '@backline/core/internal'
import { tokensOf } from './scriptedPool.fixture.js'

// The hosted pages of a user pool, as far as an app meets them: a token endpoint over real HTTP, and tabs of a browser.

export const app = 'https://app.example.com/'

export async function hostedPages() {
  /** What a code is good for, once. */
  const codes = new Map<string, { challenge: string; nonce?: string }>()
  const exchanged: Record<string, string>[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    if (request.url !== '/oauth2/token') return response.end('{}')

    const told = Object.fromEntries(new URLSearchParams(body))
    exchanged.push(told)
    const known = codes.get(`${told.code}`)
    codes.delete(`${told.code}`)
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(told.code_verifier))
    const isGood = known?.challenge === Buffer.from(digest).toString('base64url')
    const { AccessToken, IdToken, RefreshToken } = tokensOf(
      'sub-ada',
      known?.nonce ? { nonce: known.nonce } : {},
    )
    response
      .writeHead(isGood ? 200 : 400, { 'content-type': 'application/json' })
      .end(
        JSON.stringify(
          isGood
            ? { access_token: AccessToken, id_token: IdToken, refresh_token: RefreshToken, expires_in: 3600 }
            : { error: 'invalid_grant', error_description: 'The code is spent, or not yours.' },
        ),
      )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    url,
    exchanged,
    /** What the user does on the page that was opened: signs in, and is sent back here. */
    enter(opened: string): string {
      const asked = new URL(opened).searchParams
      const code = `code-${codes.size + exchanged.length}`
      codes.set(code, { challenge: asked.get('code_challenge')!, nonce: asked.get('nonce') ?? undefined })
      return `${asked.get('redirect_uri')}?${new URLSearchParams({ code, state: asked.get('state')! })}`
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
    /** A browser: its tabs share one store. */
    browser(
      more: {
        domain?: string
        responseType?: 'code' | 'token'
        redirectSignIn?: string[]
        redirectSignOut?: string[]
      } = {},
    ) {
      const store = createMemoryStore()
      return {
        tab() {
          const tabStore = createMemoryStore()
          return {
            /** A page of the app in this tab, loaded at this address. */
            load: (at: string = app) => loaded(at, store, tabStore),
          }
        },
      }

      function loaded(at: string, store: KeyValueStorageInterface, tabStore: KeyValueStorageInterface) {
        let here = at
        const opened: string[] = []
        let restore = () => {}
        const page: Page = {
          url: () => here,
          replaceUrl: (next) => {
            here = next
          },
          open: async (next) => {
            opened.push(next)
            return undefined
          },
          onRestored: (callback) => {
            restore = callback
          },
        }
        const ctx = createAmplifyContext(
          {
            Auth: {
              Cognito: {
                userPoolId: 'us-east-1_AbCdEfGh1',
                userPoolClientId: 'client',
                userPoolEndpoint: url,
                loginWith: {
                  oauth: {
                    domain: url,
                    scopes: ['openid', 'email'],
                    redirectSignIn: [app],
                    redirectSignOut: [app, `${app}bye`],
                    responseType: 'code' as const,
                    ...more,
                  },
                },
              },
            },
          },
          { store, platform: { page, tabStore } },
        )
        const events: { event: string; data?: unknown }[] = []
        return {
          ctx,
          opened,
          here: () => here,
          restore: () => restore(),
          events,
          listen: () => ctx.events.listen('auth', ({ payload }) => void events.push({ ...payload })),
        }
      }
    },
  }
}
