import { createServerRunner } from 'backline/adapter-nextjs'
import { generateServerClientUsingCookies } from 'backline/adapter-nextjs/data'
import { getCurrentUser } from 'backline/auth/server'
import { cookies } from 'next/headers'
import type { Schema } from '@/amplify/data/resource'
import outputs from '@/amplify_outputs.json'

// AMPLIFY_APP_ORIGIN is in .env: the server alone holds the session, in cookies that scripts cannot read.

export const { runWithAmplifyServerContext, createAuthRouteHandlers } = createServerRunner({
  config: outputs,
})

export const client = generateServerClientUsingCookies<Schema>({ config: outputs, cookies })

/** Who is signed in; undefined for a guest. What keeps us from knowing is thrown: it is no reason to ask for a password. */
export async function currentUser() {
  try {
    return await runWithAmplifyServerContext({
      nextServerContext: { cookies },
      operation: (ctx) => getCurrentUser(ctx),
    })
  } catch (error) {
    if ((error as Error).name === 'UserUnAuthenticatedException') return undefined
    throw error
  }
}
