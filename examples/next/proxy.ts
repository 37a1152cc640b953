import { getCurrentUser } from 'backline/auth/server'
import { type NextRequest, NextResponse } from 'next/server'
import { runWithAmplifyServerContext } from '@/lib/amplify'

/** Lets users in, and keeps their session fresh: a component that renders may not set cookies. */
export async function proxy(request: NextRequest) {
  const response = NextResponse.next()
  return runWithAmplifyServerContext({
    nextServerContext: { request, response },
    operation: (ctx) =>
      getCurrentUser(ctx).then(
        () => response,
        (error: Error) => {
          if (error.name !== 'UserUnAuthenticatedException') throw error
          return NextResponse.redirect(new URL('/sign-in', request.url))
        },
      ),
  })
}

export const config = { matcher: '/todos/:path*' }
