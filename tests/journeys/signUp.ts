import { Amplify, createAmplifyContext } from 'backline'
import {
  confirmSignUp,
  fetchAuthSession,
  fetchUserAttributes,
  getCurrentUser,
  resendSignUpCode,
  signIn,
  signOut,
  signUp,
} from 'backline/auth'
import { Hub } from 'backline/utils'
import { equal, ok, rejects } from './asserts.js'
import type { Journey } from './stage.js'

export const newcomer: Journey = {
  name: 'a newcomer signs up, confirms with the mailed code, signs in by SRP, and out',
  async play({ outputs, control, newcomer }) {
    Amplify.configure(outputs)
    const events: string[] = []
    const stopListening = Hub.listen('auth', ({ payload }) => events.push(payload.event))
    const { username, password } = newcomer('ada')

    const signedUp = await signUp({
      username,
      password,
      options: { userAttributes: { email: username, name: 'Ada' } },
    })
    equal(signedUp.nextStep.signUpStep, 'CONFIRM_SIGN_UP', 'the next step')
    equal(
      (await signIn({ username, password })).nextStep.signInStep,
      'CONFIRM_SIGN_UP',
      'the step that a sign-in asks for first',
    )
    await control.code(username)
    const { destination, deliveryMedium } = await resendSignUpCode({ username })
    equal([destination, deliveryMedium], ['a***@e***', 'EMAIL'], 'where the second code went')
    await rejects(confirmSignUp({ username, confirmationCode: '000000' }), 'CodeMismatchException')
    const confirmed = await confirmSignUp({ username, confirmationCode: await control.code(username) })
    equal(confirmed.isSignUpComplete, true, 'whether the sign-up is complete')

    const { isSignedIn, nextStep } = await signIn({ username, password })
    equal([isSignedIn, nextStep.signInStep], [true, 'DONE'], 'the sign-in')
    const user = await getCurrentUser()
    equal(user.userId, signedUp.userId, 'the user id')
    equal(user.signInDetails?.loginId, username, 'the login id')
    const attributes = await fetchUserAttributes()
    equal(
      [attributes.email, attributes.name, attributes.email_verified],
      [username, 'Ada', 'true'],
      'the attributes',
    )
    const { tokens, credentials, identityId, userSub } = await fetchAuthSession()
    equal(tokens?.idToken?.payload.email, username, 'the e-mail address in the ID token')
    equal(tokens?.accessToken.payload.sub, userSub, 'the subject of the access token')
    ok(credentials?.sessionToken && credentials.expiration, 'there are temporary AWS credentials')
    ok(identityId?.startsWith('us-east-1:'), 'the identity pool knows the user')

    await signOut()
    await rejects(getCurrentUser(), 'UserUnAuthenticatedException')
    equal((await fetchAuthSession()).tokens, undefined, 'the tokens after the sign-out')
    stopListening()
    equal(events, ['signedIn', 'signedOut'], 'the events')
  },
}

export const everywhere: Journey = {
  name: 'a global sign-out ends the sessions of all devices, a local one only its own',
  async play({ outputs, arrive }) {
    Amplify.configure(outputs)
    const phone = createAmplifyContext(outputs)
    const person = await arrive('grace')
    await signIn(person, phone)

    await signOut()
    equal((await fetchUserAttributes(phone)).email, person.username, 'what the phone still reads')

    await signIn(person)
    await signOut({ global: true })
    await rejects(getCurrentUser(), 'UserUnAuthenticatedException')
    await rejects(fetchUserAttributes(phone), 'NotAuthorizedException')
  },
}

export const wrongInput: Journey = {
  name: 'wrong passwords, codes and names get the errors that apps know, and the password works without SRP',
  async play({ outputs, control, newcomer }) {
    Amplify.configure(outputs)
    const { username, password } = newcomer('joan')
    await rejects(signUp({ username, password: 'short' }), 'InvalidPasswordException')
    await rejects(signUp({ username: '', password }), 'EmptySignUpUsername')
    await signUp({ username, password })
    await rejects(signUp({ username, password }), 'UsernameExistsException')
    const code = await control.code(username)
    const wrong = code === '123456' ? '654321' : '123456'
    await rejects(confirmSignUp({ username, confirmationCode: wrong }), 'CodeMismatchException')
    await confirmSignUp({ username, confirmationCode: code })

    await rejects(signIn({ username, password: 'Wrong-pass-1' }), 'NotAuthorizedException')
    const options = { authFlowType: 'USER_PASSWORD_AUTH' } as const
    await rejects(signIn({ username, password: 'Wrong-pass-1', options }), 'NotAuthorizedException')
    await rejects(signIn({ username, password: '' }), 'EmptySignInPassword')
    await rejects(fetchUserAttributes(), 'UserUnAuthenticatedException')

    equal((await signIn({ username, password, options })).isSignedIn, true, 'the sign-in by password')
    await rejects(
      signIn({ username: 'somebody.else@example.com', password }),
      'UserAlreadyAuthenticatedException',
    )
    equal((await signIn({ username, password })).isSignedIn, true, 'a second sign-in of the same user')
    await signOut()
  },
}
