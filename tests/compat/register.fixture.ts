import type { Sandbox } from '@backline/sandbox'
import { createAmplifyContext } from 'backline'
import { confirmSignUp, signUp } from 'backline/auth'
import { PASSWORD } from './shop.fixture.js'

/** Signs somebody up through our client and confirms them with the mailed code; gives a device on which nobody is signed in yet. */
export async function register(sandbox: Sandbox, username: string) {
  const ctx = createAmplifyContext(sandbox.outputs)
  await signUp({ username, password: PASSWORD }, ctx)
  const { code } = await sandbox.inbox.next({ to: username })
  await confirmSignUp({ username, confirmationCode: code! }, ctx)
  return ctx
}
