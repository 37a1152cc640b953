import { confirmSignUp, signIn, signUp } from 'backline/auth'
import { type FormEvent, useState } from 'react'

export function SignIn() {
  const [mode, setMode] = useState<'in' | 'up' | 'confirm'>('in')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [problem, setProblem] = useState('')
  const [busy, setBusy] = useState(false)

  async function submit(event: FormEvent) {
    event.preventDefault()
    setBusy(true)
    setProblem('')
    try {
      if (mode === 'up') {
        await signUp({ username: email, password, options: { userAttributes: { email } } })
        setMode('confirm')
        return
      }
      if (mode === 'confirm') await confirmSignUp({ username: email, confirmationCode: code })
      const { nextStep } = await signIn({ username: email, password })
      if (nextStep.signInStep === 'CONFIRM_SIGN_UP') setMode('confirm')
    } catch (error) {
      setProblem((error as Error).message)
    } finally {
      setBusy(false)
    }
  }

  const action = { in: 'Sign in', up: 'Create account', confirm: 'Confirm' }[mode]
  return (
    <form className="card" onSubmit={submit}>
      <h1>{action}</h1>
      {mode === 'confirm' ? (
        <label>
          Code from the mail
          <input
            name="code"
            inputMode="numeric"
            autoComplete="one-time-code"
            value={code}
            onChange={(e) => setCode(e.target.value)}
            required
          />
        </label>
      ) : (
        <>
          <label>
            E-mail
            <input
              name="email"
              type="email"
              autoComplete="username"
              value={email}
              onChange={(e) => setEmail(e.target.value)}
              required
            />
          </label>
          <label>
            Password
            <input
              name="password"
              type="password"
              autoComplete={mode === 'up' ? 'new-password' : 'current-password'}
              value={password}
              onChange={(e) => setPassword(e.target.value)}
              required
            />
          </label>
        </>
      )}
      {problem && <p role="alert">{problem}</p>}
      <button type="submit" disabled={busy}>
        {action}
      </button>
      {mode === 'confirm' ? (
        <p className="hint">On the sandbox, mail lands in its inbox: the address is in the terminal.</p>
      ) : (
        <button type="button" className="link" onClick={() => setMode(mode === 'in' ? 'up' : 'in')}>
          {mode === 'in' ? 'No account yet? Create one' : 'Have an account? Sign in'}
        </button>
      )}
    </form>
  )
}
