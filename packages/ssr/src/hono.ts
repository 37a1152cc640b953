import type { AmplifyContext } from '@backline/core'
import type { AuthRoutesInput } from './authRoutes.js'
import { createRequestRunner, type RequestRunnerOptions } from './requestRunner.js'

/** As far as it is needed here; Hono's own fits. */
interface HonoContext {
  req: { raw: Request }
  res: Response
  set(key: 'amplify', value: AmplifyContext): void
}

/**
 * Hono's session: the context of the request is `c.get('amplify')`.
 *
 * @example
 * const amplify = createHonoAdapter({ config: outputs, origin: 'https://app.example.com' })
 * const app = new Hono<{ Variables: { amplify: AmplifyContext } }>()
 * app.use(amplify.middleware)
 * app.get('/auth/:slug', amplify.authRoutes({ redirectOnSignInComplete: '/home' }))
 * app.get('/home', async (c) => c.json(await getCurrentUser(c.get('amplify'))))
 */
export function createHonoAdapter(options: RequestRunnerOptions) {
  const runner = createRequestRunner(options)
  return {
    async middleware(c: HonoContext, next: () => Promise<void>): Promise<void> {
      const answer = await runner.respond(c.req.raw, async (ctx) => {
        c.set('amplify', ctx)
        await next()
        return c.res
      })
      if (answer !== c.res) c.res = answer
    },
    authRoutes(input?: AuthRoutesInput) {
      const handle = runner.authRoutes(input)
      return (c: HonoContext): Promise<Response> => handle(c.req.raw)
    },
  }
}
