import { Amplify } from 'backline'
import { fetchAuthSession, fetchUserAttributes, getCurrentUser, signOut } from 'backline/auth'
import { list } from 'backline/storage'
import { Hub } from 'backline/utils'
import { equal, ok, rejects, watchRequests } from './asserts.js'
import type { Journey } from './stage.js'

const HOUR = 3_600_000

export const refresh: Journey = {
  name: 'an expired session is refreshed once, however many ask for it',
  async play({ outputs, control, arrive }) {
    let passed = 0
    Amplify.configure(outputs, { platform: { now: () => Date.now() + passed } })
    const events: string[] = []
    const stopListening = Hub.listen('auth', ({ payload }) => events.push(payload.event))
    await arrive('ada')
    const before = await fetchAuthSession()

    await control.advance(2 * HOUR)
    passed += 2 * HOUR
    const { result: sessions, requests } = await watchRequests(() =>
      Promise.all(Array.from({ length: 10 }, () => fetchAuthSession())),
    )
    equal(
      requests.sort(),
      ['GetCredentialsForIdentity', 'GetTokensFromRefreshToken'],
      'what ten callers cost',
    )
    const tokens = new Set(sessions.map((session) => session.tokens?.accessToken.toString()))
    equal(tokens.size, 1, 'the number of different tokens')
    ok(!tokens.has(before.tokens?.accessToken.toString()), 'the token is a new one')
    ok(
      sessions.every(({ credentials }) => credentials!.expiration!.getTime() > Date.now() + passed),
      'the credentials are good by the new time',
    )
    equal((await fetchUserAttributes()).email, 'ada@example.com', 'what the new token reads')
    stopListening()
    equal(events, ['signedIn', 'tokenRefresh'], 'the events')
    await signOut()
  },
}

export const badWeather: Journey = {
  name: 'a user pool that is down signs nobody out',
  async play({ outputs, control, arrive }) {
    let passed = 0
    Amplify.configure(outputs, { platform: { now: () => Date.now() + passed } })
    await arrive('grace')
    await control.advance(2 * HOUR)
    passed += 2 * HOUR

    await control.fail({ service: 'cognito-idp', status: 503, times: 3 })
    const error = await rejects(fetchAuthSession(), 'ServiceUnavailableException')
    equal((error as { status?: number }).status, 503, 'the status of the error')
    // Nobody listens there.
    const nowhere = { ...outputs.auth, user_pool_endpoint: 'http://127.0.0.1:1' }
    Amplify.configure({ ...outputs, auth: nowhere })
    await rejects(fetchAuthSession(), 'NetworkError')
    await rejects(fetchUserAttributes(), 'NetworkError')

    Amplify.configure(outputs)
    equal((await getCurrentUser()).signInDetails?.loginId, 'grace@example.com', 'who is still signed in')
    equal((await fetchUserAttributes()).email, 'grace@example.com', 'what is read once the pool is back')
    await signOut()
  },
}

export const overtaken: Journey = {
  name: 'a sign-out during a refresh stays a sign-out',
  async play({ outputs, control, arrive }) {
    Amplify.configure(outputs)
    await arrive('joan')
    await control.fail({ service: 'cognito-idp', delay: 400 })
    const late = fetchAuthSession({ forceRefresh: true })
    await new Promise((resolve) => setTimeout(resolve, 50))
    await signOut()
    equal((await late).tokens, undefined, 'what the late refresh brings')
    await rejects(getCurrentUser(), 'UserUnAuthenticatedException')
    equal((await fetchAuthSession()).tokens, undefined, 'the tokens')
  },
}

export const slowClock: Journey = {
  name: 'a device whose clock is two hours slow works, and learns the time once',
  async play({ outputs, control, arrive }) {
    await control.advance(2 * HOUR)
    Amplify.configure(outputs)
    await arrive('linus')
    await list({ path: 'shared/' })
    const { requests } = await watchRequests(async () => {
      await list({ path: 'shared/' })
      await fetchAuthSession()
    })
    equal(requests.length, 1, 'the number of requests once the time is known')
    await signOut()
  },
}
