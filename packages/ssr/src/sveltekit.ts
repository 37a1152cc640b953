import type { AmplifyContext } from '@backline/core'
import type { AuthRoutesInput } from './authRoutes.js'
import { createRequestRunner, type RequestRunnerOptions } from './requestRunner.js'

/**
 * SvelteKit's session: the context of the request is `event.locals.amplify`, in `load`, in actions and in endpoints.
 *
 * @example
 * // src/hooks.server.ts
 * const amplify = createSvelteKitAdapter({ config: outputs, origin: 'https://app.example.com' })
 * export const handle = amplify.handle
 *
 * // src/routes/auth/[slug]/+server.ts
 * export const GET = amplify.authRoutes({ redirectOnSignInComplete: '/home' })
 */
export function createSvelteKitAdapter(options: RequestRunnerOptions) {
  const runner = createRequestRunner(options)
  return {
    handle<Event extends { request: Request; locals: object }>({
      event,
      resolve,
    }: {
      event: Event
      resolve(event: Event): Response | Promise<Response>
    }): Promise<Response> {
      return runner.respond(event.request, (ctx) => {
        Object.assign(event.locals, { amplify: ctx satisfies AmplifyContext })
        return resolve(event)
      })
    },
    authRoutes(input?: AuthRoutesInput) {
      const handle = runner.authRoutes(input)
      return ({ request }: { request: Request }): Promise<Response> => handle(request)
    },
  }
}
