import { createAmplifyContext } from '@backline/core'
import type { Context } from '@backline/core/internal'
import { type Sandbox, startSandbox } from '@backline/sandbox'
import { defineAuth, defineBackend } from '@backline/schema/backend'
import { afterAll, beforeAll } from 'vitest'
import { confirmSignUp, signIn, signUp } from './index.js'

// The local backend, with a pool that signs in by email. One per test file; users keep the tests apart.

export const password = 'Analytical-1'

export function useSandbox(more: Partial<Parameters<typeof defineAuth>[0]> = {}) {
  const state = {} as { sandbox: Sandbox }
  beforeAll(async () => {
    const auth = defineAuth({ loginWith: { email: true }, ...more })
    state.sandbox = await startSandbox({ backend: defineBackend({ auth }) })
  })
  afterAll(() => state.sandbox.stop())
  return state
}

export function contextOn(sandbox: Sandbox, options?: Parameters<typeof createAmplifyContext>[1]): Context {
  return createAmplifyContext(sandbox.outputs, options)
}

/** A confirmed user, known to nobody's context. */
export async function register(sandbox: Sandbox, email: string): Promise<void> {
  const ctx = contextOn(sandbox)
  await signUp({ username: email, password }, ctx)
  const { code } = await sandbox.inbox.next({ to: email })
  await confirmSignUp({ username: email, confirmationCode: code! }, ctx)
}

/** A confirmed user who is signed in. */
export async function arrive(sandbox: Sandbox, email: string, options?: Parameters<typeof contextOn>[1]) {
  await register(sandbox, email)
  const ctx = contextOn(sandbox, options)
  await signIn({ username: email, password }, ctx)
  return ctx
}
