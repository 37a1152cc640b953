import { Amplify, createAmplifyContext } from 'backline'
import { fetchAuthSession, getCurrentUser, signOut } from 'backline/auth'
import { Hub } from 'backline/utils'
import { equal, ok, rejects } from './asserts.js'
import type { Journey } from './stage.js'

export const isolated: Journey = {
  name: 'two contexts in one program share no session, no credentials and no events',
  async play({ outputs, arrive }) {
    Amplify.configure(outputs)
    const one = createAmplifyContext(outputs)
    const two = createAmplifyContext(outputs)
    const heard: string[] = []
    const stopListening = Hub.listen('auth', ({ payload }) => heard.push(payload.event))
    const heardByTwo: string[] = []
    two.events.listen('auth', ({ payload }) => heardByTwo.push(payload.event))

    await Promise.all([arrive('ada', one), arrive('grace', two)])
    const [ada, grace] = await Promise.all([fetchAuthSession({}, one), fetchAuthSession({}, two)])
    equal(ada.tokens?.idToken?.payload.email, 'ada@example.com', 'who is in the first')
    equal(grace.tokens?.idToken?.payload.email, 'grace@example.com', 'who is in the second')
    ok(ada.identityId !== grace.identityId, 'their identities differ')
    await rejects(getCurrentUser(), 'UserUnAuthenticatedException')

    await signOut(undefined, one)
    await rejects(getCurrentUser(one), 'UserUnAuthenticatedException')
    equal((await getCurrentUser(two)).signInDetails?.loginId, 'grace@example.com', 'who stays in the second')
    equal(heard, [], 'what the default context hears')
    equal(heardByTwo, ['signedIn'], 'what the second hears')
    stopListening()
    await signOut(undefined, two)
  },
}
