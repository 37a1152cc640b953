// What runs in the page of passkeys.test.ts: an app whose users come in with a passkey.
import { Amplify } from 'backline'
import {
  associateWebAuthnCredential,
  deleteWebAuthnCredential,
  fetchUserAttributes,
  listWebAuthnCredentials,
  signIn,
  signOut,
} from 'backline/auth'

const username = 'ada@example.com'
const name = (error: Error) => error.name

const steps = {
  async open(url: string) {
    Amplify.configure(await fetch(`${url}/_backline/outputs`).then((answer) => answer.json()))
  },
  withPassword: async () => (await signIn({ username, password: 'Analytical-1' })).isSignedIn,
  associate: () => associateWebAuthnCredential().then(() => 'done', name),
  list: async () => (await listWebAuthnCredentials()).credentials.length,
  signOut: () => signOut(),
  withPasskey: () =>
    signIn({ username, options: { authFlowType: 'USER_AUTH', preferredChallenge: 'WEB_AUTHN' } }).then(
      ({ isSignedIn }) => isSignedIn,
      name,
    ),
  who: async () => (await fetchUserAttributes()).email,
  async forget() {
    const { credentials } = await listWebAuthnCredentials()
    for (const { credentialId = '' } of credentials) await deleteWebAuthnCredential({ credentialId })
  },
}

export type PasskeySteps = typeof steps

Object.assign(globalThis, { steps })
