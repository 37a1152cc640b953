import type { WireResponse } from '../service.js'
import { escaped, form, link } from './pages.js'
import { at, type Reply, show, typed, type Visit } from './visit.js'

// One page for each challenge: what Cognito asks for, as a person reads it.

/** What each way to sign in, and each second factor, is called on a button. */
const WORDS: Record<string, string> = {
  PASSWORD: 'Password',
  EMAIL_OTP: 'A code by email',
  SMS_OTP: 'A code by text message',
  SMS_MFA: 'A code by text message',
  SOFTWARE_TOKEN_MFA: 'An authenticator app',
  WEB_AUTHN: 'A passkey',
}

/** Asks the browser for a passkey as soon as the page is there, and again when the button is pressed. */
const PASSKEY_SCRIPT = `const [form] = document.forms
const ask = async () => {
  try {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(form.dataset.options))
    form.CREDENTIAL.value = JSON.stringify(await navigator.credentials.get({ publicKey }))
    form.submit()
  } catch (error) {
    document.querySelector('[role=status]').textContent = 'No passkey was given. ' + error.message
  }
}
form.addEventListener('submit', (event) => { event.preventDefault(); ask() })
ask()`

export function challengePage(visit: Visit, reply: Reply, error?: string, secret = ''): WireResponse {
  const { ChallengeName = '', Session = '', ChallengeParameters: parameters = {} } = reply
  const username = parameters.USERNAME ?? typed(visit, 'username')
  const hidden = { _csrf: visit.csrf, challenge: ChallengeName, session: Session, username }
  const target = at('/challenge', visit)
  const ask = (
    title: string,
    fields: Parameters<typeof form>[1],
    before = '',
    more: Record<string, string> = {},
  ) =>
    show(visit, {
      title,
      error,
      body: `${before}${form(target, fields, { ...hidden, ...more }, 'Continue')}`,
    })
  const choose = (title: string, choices: string[]) => {
    const forms = choices.map((ANSWER) => form(target, [], { ...hidden, ANSWER }, WORDS[ANSWER] ?? ANSWER))
    return show(visit, { title, error, body: forms.join('') })
  }
  const codeField = { name: 'code', label: 'Code', autocomplete: 'one-time-code' }
  switch (ChallengeName) {
    case 'NEW_PASSWORD_REQUIRED': {
      const required = JSON.parse(parameters.requiredAttributes ?? '[]') as string[]
      return ask('Choose a new password', [
        { name: 'NEW_PASSWORD', label: 'New password', type: 'password', autocomplete: 'new-password' },
        ...required.map((name) => ({ name, label: name.slice('userAttributes.'.length) })),
      ])
    }
    case 'SELECT_CHALLENGE':
      return choose(
        'How do you want to sign in?',
        // A page sends the password as it is; SRP is for programs.
        (reply.AvailableChallenges ?? []).filter((each) => each !== 'PASSWORD_SRP'),
      )
    case 'PASSWORD':
      return ask('Enter your password', [
        { name: 'PASSWORD', label: 'Password', type: 'password', autocomplete: 'current-password' },
      ])
    case 'WEB_AUTHN':
      return show(visit, {
        title: 'Sign in with a passkey',
        error,
        body: `${form(target, [], { ...hidden, CREDENTIAL: '' }, 'Use a passkey', { data: { options: parameters.CREDENTIAL_REQUEST_OPTIONS ?? '{}' } })}<p role="status"></p>${link(at('/login', visit), 'Sign in another way')}`,
        script: PASSKEY_SCRIPT,
      })
    case 'SELECT_MFA_TYPE':
      return choose(
        'How do you want to confirm that it is you?',
        JSON.parse(parameters.MFAS_CAN_CHOOSE ?? '[]') as string[],
      )
    case 'MFA_SETUP':
      return secret
        ? ask(
            'Set up an authenticator app',
            [codeField],
            `<p>Enter this key in the app:<br><code>${secret}</code></p>`,
            { secret },
          )
        : ask('Where may codes be sent?', [
            { name: 'EMAIL', label: 'Email', type: 'email', autocomplete: 'email' },
          ])
    default: {
      const to = parameters.CODE_DELIVERY_DESTINATION
      return ask('Enter your code', [codeField], to ? `<p>It was sent to ${escaped(to)}.</p>` : '')
    }
  }
}
