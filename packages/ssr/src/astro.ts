import type { AmplifyContext } from '@backline/core'
import type { AuthRoutesInput } from './authRoutes.js'
import { createRequestRunner, type RequestRunnerOptions } from './requestRunner.js'

/**
 * Astro's session: the context of the request is `Astro.locals.amplify`, in pages that are rendered on demand, in actions and in endpoints.
 *
 * @example
 * // src/middleware.ts
 * const amplify = createAstroAdapter({ config: outputs, origin: 'https://app.example.com' })
 * export const onRequest = amplify.onRequest
 *
 * // src/pages/auth/[slug].ts
 * export const GET = amplify.authRoutes({ redirectOnSignInComplete: '/home' })
 */
export function createAstroAdapter(options: RequestRunnerOptions) {
  const runner = createRequestRunner(options)
  return {
    onRequest(
      { request, locals, isPrerendered }: { request: Request; locals: object; isPrerendered?: boolean },
      next: () => Promise<Response>,
    ): Promise<Response> {
      const render = (ctx: AmplifyContext) => {
        Object.assign(locals, { amplify: ctx })
        return next()
      }
      // A page that is built ahead is of no request: its headers may not even be looked at.
      return isPrerendered ? runner.run(null, render) : runner.respond(request, render)
    },
    authRoutes(input?: AuthRoutesInput) {
      const handle = runner.authRoutes(input)
      return ({ request }: { request: Request }): Promise<Response> => handle(request)
    },
  }
}
