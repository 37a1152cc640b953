import { createAmplifyContext } from 'backline'
import { signIn } from 'backline/auth'
import { fetchUserAttributes, getCurrentUser } from 'backline/auth/server'
import { createRequestRunner, type RequestRunner } from 'backline/server'
import { equal, ok, watchRequests } from './asserts.js'
import type { Journey } from './stage.js'

const HOUR = 3_600_000

/** For runtimes that answer requests. A page cannot play it: browsers do not let scripts at `Cookie` and `Set-Cookie`. */
export const served: Journey = {
  name: 'a server holds the session of each browser, and refreshes it once',
  async play({ outputs, control, arrive }) {
    let passed = 0
    const runner = createRequestRunner({ config: outputs, platform: { now: () => Date.now() + passed } })
    const [ada, grace] = [createBrowser(), createBrowser()]
    for (const [name, browser] of [
      ['ada', ada],
      ['grace', grace],
    ] as const) {
      const person = await arrive(name, createAmplifyContext(outputs))
      await browser.visit(runner, async (ctx) => {
        await signIn(person, ctx)
        return new Response()
      })
      ok(browser.lines.length > 3, 'the sign-in sets cookies')
      ok(
        browser.lines.every((line) => /; HttpOnly; Secure; SameSite=Lax$/.test(line)),
        'scripts cannot read them',
      )
    }
    const greet = async (browser: Browser) =>
      (
        await browser.visit(runner, async (ctx) => {
          const { signInDetails } = await getCurrentUser(ctx)
          return new Response(`${signInDetails?.loginId} ${(await fetchUserAttributes(ctx)).email}`)
        })
      ).text()
    equal(await greet(ada), 'ada@example.com ada@example.com', 'who Ada is')

    await control.advance(2 * HOUR)
    passed += 2 * HOUR
    const { result, requests } = await watchRequests(() =>
      Promise.all([ada, grace, ada, grace, ada].map((browser) => greet(browser))),
    )
    equal(
      result.map((text) => text.split('@')[0]!),
      ['ada', 'grace', 'ada', 'grace', 'ada'],
      'whose answer each is',
    )
    equal(
      requests.filter((each) => each === 'GetTokensFromRefreshToken').length,
      2,
      'the refreshes of two users',
    )

    const forged = createBrowser()
    for (const [name, value] of ada.cookies)
      forged.cookies.set(name, value.replace(/\.[^.]{40}/, `.${'A'.repeat(40)}`))
    const seen = await forged.visit(runner, (ctx) =>
      getCurrentUser(ctx).then(
        () => new Response('believed'),
        ({ name }: Error) => new Response(name),
      ),
    )
    equal(await seen.text(), 'UserUnAuthenticatedException', 'who somebody with forged cookies is')
  },
}

type Browser = ReturnType<typeof createBrowser>

function createBrowser() {
  const cookies = new Map<string, string>()
  const browser = {
    cookies,
    lines: [] as string[],
    async visit(
      runner: RequestRunner,
      operation: Parameters<RequestRunner['respond']>[1],
    ): Promise<Response> {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const response = await runner.respond(
        new Request('https://app.example.com/', { headers: { cookie } }),
        operation,
      )
      browser.lines = response.headers.getSetCookie()
      for (const line of browser.lines) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
        cookies.set(name!, value!)
      }
      return response
    },
  }
  return browser
}
