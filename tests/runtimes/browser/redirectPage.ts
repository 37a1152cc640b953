// The page of redirect.test.ts: an app whose users come in by the hosted pages. The outputs are there before it, as in an app that imports them.
import { Amplify } from 'backline'
import { fetchUserAttributes, getCurrentUser, signInWithRedirect, signOut } from 'backline/auth'
import { Hub } from 'backline/utils'

document.body.innerHTML = `<h1>An app</h1>
<button id="in">Sign in</button> <button id="google">Sign in with Google</button> <button id="out">Sign out</button>
<p id="user"></p><ol id="heard"></ol>`
const part = (id: string) => document.getElementById(id)!

Hub.listen('auth', ({ payload }) => {
  const { event, data } = payload as { event: string; data?: { error?: Error } }
  const line = document.createElement('li')
  line.textContent = JSON.stringify([event, data?.error?.message ?? data])
  part('heard').append(line)
})
Amplify.configure((globalThis as unknown as { outputs: object }).outputs)

const show = (text: string) => {
  part('user').textContent = text
}
// Asked for at once: a sign-in that is on its way in counts.
getCurrentUser()
  .then(async (user) => show(JSON.stringify({ ...user, ...(await fetchUserAttributes()) })))
  .catch((error: Error) => show(error.name))

const fail = (error: Error) => show(`${error.name}: ${error.message}`)
part('in').onclick = () => void signInWithRedirect({ customState: 'to/the cart?ü' }).catch(fail)
part('google').onclick = () => void signInWithRedirect({ provider: 'Google' }).catch(fail)
part('out').onclick = () => void signOut().catch(fail)
