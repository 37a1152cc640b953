'use server'

import { signIn } from 'backline/auth'
import { cookies } from 'next/headers'
import { redirect } from 'next/navigation'
import { runWithAmplifyServerContext } from '@/lib/amplify'

export async function signInByForm(form: FormData) {
  const problem = await runWithAmplifyServerContext({
    nextServerContext: { cookies },
    operation: (ctx) =>
      signIn({ username: `${form.get('email')}`, password: `${form.get('password')}` }, ctx).then(
        ({ isSignedIn, nextStep }) => (isSignedIn ? undefined : `Next: ${nextStep.signInStep}`),
        (error: Error) => error.message,
      ),
  })
  redirect(problem ? `/sign-in?problem=${encodeURIComponent(problem)}` : '/todos')
}
