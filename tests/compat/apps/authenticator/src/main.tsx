import { Authenticator } from '@aws-amplify/ui-react'
import { useAuth } from '@aws-amplify/ui-react/internal'
import '@aws-amplify/ui-react/styles.css'
import { Amplify } from 'aws-amplify'
import { fetchUserAttributes, setUpTOTP, updateMFAPreference, verifyTOTPSetup } from 'aws-amplify/auth'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'

// A stock page: everything about signing in is the component's own.

/** Outside the component, and told by the Hub of `@aws-amplify/core`. */
function Header() {
  const { user } = useAuth()
  return <header>{user ? `Header knows ${user.signInDetails?.loginId}` : 'Header knows nobody'}</header>
}

function App() {
  return (
    <>
      <Header />
      <Authenticator>
        {({ signOut, user }) => (
          <main>
            <h1>Hello {user?.signInDetails?.loginId}</h1>
            <button type="button" onClick={signOut}>
              Sign out
            </button>
          </main>
        )}
      </Authenticator>
    </>
  )
}

const search = new URLSearchParams(location.search)
Amplify.configure(await fetch(search.get('outputs')!).then((answer) => answer.json()))
// What the component leaves to the app's own account page: a second factor of one's own accord.
Object.assign(globalThis, { account: { fetchUserAttributes, setUpTOTP, updateMFAPreference, verifyTOTPSetup } })
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
