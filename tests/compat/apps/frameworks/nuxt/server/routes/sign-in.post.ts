import { signIn } from 'backline/auth'

export default defineEventHandler(async (event) => {
  const form = new URLSearchParams(await readRawBody(event))
  await signIn({ username: form.get('username'), password: form.get('password') }, event.context.amplify)
  return sendRedirect(event, '/', 303)
})
