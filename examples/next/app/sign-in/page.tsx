import { signInByForm } from './actions'

export default async function SignIn({ searchParams }: { searchParams: Promise<Record<string, string>> }) {
  const { problem, error_description } = await searchParams
  return (
    <main>
      <div className="card">
        <h1>Sign in</h1>
        <form action={signInByForm}>
          <label>
            E-mail
            <input name="email" type="email" autoComplete="username" required />
          </label>
          <label>
            Password
            <input name="password" type="password" autoComplete="current-password" required />
          </label>
          {(problem ?? error_description) && <p role="alert">{problem ?? error_description}</p>}
          <button type="submit">Sign in</button>
        </form>
        <p className="hint">
          {/* Not <Link>: these leave the app. */}
          <a href="/auth/sign-in">Sign in on the hosted pages</a>, or{' '}
          <a href="/auth/sign-up">create an account</a>.
        </p>
      </div>
    </main>
  )
}
