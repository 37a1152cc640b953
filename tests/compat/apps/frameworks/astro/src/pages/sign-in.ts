import { signIn } from 'backline/auth'

export async function POST({ request, locals, redirect }) {
  const form = await request.formData()
  await signIn({ username: form.get('username'), password: form.get('password') }, locals.amplify)
  return redirect('/', 303)
}
