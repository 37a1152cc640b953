import { Authenticator, useAuthenticator } from '@aws-amplify/ui-vue'
import { Amplify } from 'aws-amplify'
import { createApp, h } from 'vue'
import '@aws-amplify/ui-vue/styles.css'

Amplify.configure(await (await fetch(new URLSearchParams(location.search).get('outputs')!)).json())

const Header = {
  setup: () => {
    const auth = useAuthenticator()
    return () => h('p', `Header knows ${auth.user?.signInDetails?.loginId ?? 'nobody'}`)
  },
}

interface Signed {
  user?: { signInDetails?: { loginId?: string } }
  signOut?: () => void
}
const Page = {
  render: () => [
    h(Header),
    h(Authenticator, null, {
      default: ({ user, signOut }: Signed) => [
        h('h1', `Hello ${user?.signInDetails?.loginId}`),
        h('button', { onClick: signOut }, 'Sign out'),
      ],
    }),
  ],
}
createApp(Page).mount('#root')
