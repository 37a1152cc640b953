import { type AuthUser, getCurrentUser, signOut } from 'backline/auth'
import { Hub } from 'backline/utils'
import { useEffect, useState } from 'react'
import { Files } from './Files.tsx'
import { SignIn } from './SignIn.tsx'
import { Todos } from './Todos.tsx'

/** Whoever is signed in, kept up to date by the events of the session. */
function useUser() {
  const [user, setUser] = useState<AuthUser | null>()
  useEffect(() => {
    const look = () => getCurrentUser().then(setUser, () => setUser(null))
    look()
    return Hub.listen('auth', look)
  }, [])
  return user
}

export function App() {
  const user = useUser()
  if (user === undefined) return null
  if (user === null) return <SignIn />
  return (
    <>
      <header>
        <h1>Todos</h1>
        <span data-testid="who">{user.signInDetails?.loginId ?? user.username}</span>
        <button type="button" onClick={() => signOut()}>
          Sign out
        </button>
      </header>
      <main>
        <Todos />
        <Files />
      </main>
    </>
  )
}
