import { redirect } from '@sveltejs/kit'
import { signIn } from 'backline/auth'

export const actions = {
  async default({ request, locals }) {
    const form = await request.formData()
    await signIn({ username: form.get('username'), password: form.get('password') }, locals.amplify)
    redirect(303, '/')
  },
}
