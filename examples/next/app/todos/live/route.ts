import { generateClient } from 'backline/data'
import { cookies } from 'next/headers'
import type { NextRequest } from 'next/server'
import type { Schema } from '@/amplify/data/resource'
import { runWithAmplifyServerContext } from '@/lib/amplify'

/** The user's todos, again whenever they change. The browser has no token to ask with, so the server asks for it. */
export async function GET({ signal }: NextRequest) {
  const jar = await cookies()
  const stream = new ReadableStream<string>({
    start(controller) {
      void runWithAmplifyServerContext({
        nextServerContext: { cookies: () => jar },
        // The context is this request's until the browser leaves.
        operation: (ctx) =>
          new Promise<void>((leave) => {
            const { models } = generateClient<Schema>(ctx)
            const todos = models.Todo.observeQuery().subscribe({
              next({ items, isSynced }) {
                const shown = items.map(({ id, content }) => ({ id, content }))
                if (isSynced) controller.enqueue(`data: ${JSON.stringify(shown)}\n\n`)
              },
              error: (error) => controller.error(error),
            })
            signal.addEventListener('abort', () => {
              todos.unsubscribe()
              leave()
            })
          }),
      })
    },
  })
  return new Response(stream.pipeThrough(new TextEncoderStream()), {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
  })
}
