import type { Pool } from '../cognito-idp/pool.js'
import type { WireRequest, WireResponse } from '../service.js'
import { type AuthorizationRequest, queryOf } from './authorization.js'
import { type Page, page } from './pages.js'

/** Somebody at one of the pages, on the way from an app. */
export interface Visit {
  pool: Pool
  request: AuthorizationRequest
  wire: WireRequest
  /** What was typed; empty where a page is only looked at. */
  typed: URLSearchParams
  /** Goes along in every form, and in a cookie: a form of another site has no use. */
  csrf: string
  /** The user has proven who they are. */
  enter(sub: string): Promise<WireResponse>
}

/** What a step of a sign-in answers. */
export interface Reply {
  Admitted?: string
  ChallengeName?: string
  Session?: string
  ChallengeParameters?: Record<string, string>
  AvailableChallenges?: string[]
}

export const at = (path: string, { request }: Visit) => `${path}?${queryOf(request)}`

export const show = (visit: Visit, shown: Page) =>
  page({ ...shown, cookies: [`XSRF-TOKEN=${visit.csrf}; Path=/; HttpOnly; SameSite=Lax`] })

export const typed = (visit: Visit, name: string) => visit.typed.get(name) ?? ''
