import type { AuthProps, Recording } from '@backline/schema/backend'
import { attributeOnTheWire } from './attributeNames.js'
import { accessOf } from './authAccessOf.js'
import { functionPlan } from './functionPlanOf.js'
import { oauthOf } from './oauthPlanOf.js'
import type { AttributeRule, AuthPlan, Messages, MfaPlan, Triggers, Warn } from './plan.js'

/** What `defineAuth(…)` says, with Amplify's defaults. */
export function authPlan(props: AuthProps, warn: Warn): AuthPlan {
  const { loginWith } = props
  if (!loginWith || !(loginWith.email || loginWith.phone || loginWith.username)) {
    throw new Error(
      'defineAuth: loginWith must turn on email, phone or username, as in { loginWith: { email: true } }.',
    )
  }
  const required = Object.entries(props.userAttributes ?? {})
    .filter(([, each]) => typeof each === 'object' && each.required)
    .map(([name]) => attributeOnTheWire(name))
  const mfa = mfaPlan(props)
  const passwordless = passwordlessOf(props)
  const rest = {
    ...rulesOf(props),
    ...recoveryOf(props),
    ...messagesOf(props, warn),
    ...oauthOf(props),
    ...accessOf(props, warn),
    ...(typeof loginWith.webAuthn === 'object'
      ? { webAuthn: loginWith.webAuthn as AuthPlan['webAuthn'] }
      : {}),
    ...(props.passwordlessOptions?.preferredChallenge
      ? { preferredChallenge: String(props.passwordlessOptions.preferredChallenge) }
      : {}),
  }
  return {
    loginWith: { email: !!loginWith.email, phone: !!loginWith.phone, username: !!loginWith.username },
    requiredAttributes: [
      ...new Set([
        ...(loginWith.email ? ['email'] : []),
        ...(loginWith.phone ? ['phone_number'] : []),
        ...required,
      ]),
    ],
    customAttributes: Object.keys(props.userAttributes ?? {}).filter((name) => name.startsWith('custom:')),
    groups: props.groups ?? [],
    // What Amplify deploys where nothing is said: https://docs.amplify.aws/react/build-a-backend/auth/concepts/
    passwordPolicy: {
      minLength: 8,
      requireLowercase: true,
      requireUppercase: true,
      requireNumbers: true,
      requireSymbols: true,
    },
    allowGuests: true,
    accessTokenSeconds: 3600,
    idTokenSeconds: 3600,
    refreshTokenSeconds: 30 * 86_400,
    ...rest,
    ...(mfa ? { mfa } : {}),
    ...(passwordless.length > 0 ? { passwordless } : {}),
    ...(props.triggers ? { triggers: triggersOf(props.triggers, warn) } : {}),
  }
}

/** https://docs.amplify.aws/react/build-a-backend/auth/concepts/user-attributes/ */
function rulesOf({ userAttributes = {} }: AuthProps): Pick<AuthPlan, 'attributeRules'> {
  const rules = Object.entries(userAttributes).flatMap(([name, said]): [string, AttributeRule][] => {
    if (typeof said !== 'object') return []
    const number = (value: unknown) => (typeof value === 'number' ? value : undefined)
    const type = said.dataType ?? 'String'
    if (type !== 'String' && type !== 'Number' && type !== 'Boolean' && type !== 'DateTime') {
      throw new Error(
        `defineAuth: userAttributes['${name}'].dataType '${type}' is none of String, Number, Boolean, DateTime.`,
      )
    }
    const bounds = {
      min: number(said.min),
      max: number(said.max),
      minLength: number(said.minLen),
      maxLength: number(said.maxLen),
    }
    const given = Object.fromEntries(Object.entries(bounds).filter(([, value]) => value !== undefined))
    return [[attributeOnTheWire(name), { type, mutable: said.mutable ?? true, ...given }]]
  })
  return rules.length > 0 ? { attributeRules: Object.fromEntries(rules) } : {}
}

/** The ways of CDK's `AccountRecovery`. That MFA by text stands in the way of recovery by text is not looked at. */
const RECOVERIES: Record<string, NonNullable<AuthPlan['recovery']>> = {
  EMAIL_AND_PHONE_WITHOUT_MFA: ['email', 'phone_number'],
  EMAIL_ONLY: ['email'],
  PHONE_AND_EMAIL: ['phone_number', 'email'],
  PHONE_ONLY_WITHOUT_MFA: ['phone_number'],
  PHONE_WITHOUT_MFA_AND_EMAIL: ['phone_number', 'email'],
  NONE: [],
}

function recoveryOf({ accountRecovery }: AuthProps): Pick<AuthPlan, 'recovery'> {
  if (accountRecovery === undefined) return {}
  const recovery = RECOVERIES[accountRecovery]
  if (!recovery) {
    throw new Error(
      `defineAuth: accountRecovery '${accountRecovery}' is none of ${Object.keys(RECOVERIES).join(', ')}.`,
    )
  }
  return { recovery }
}

/** Texts are functions of where the code goes; here they are asked once. */
function messagesOf(
  { loginWith, multifactor, senders }: AuthProps,
  warn: Warn,
): Pick<AuthPlan, 'messages' | 'verifyByLink'> {
  const email = (typeof loginWith.email === 'object' ? loginWith.email : {}) as MessageProps
  const phone = (typeof loginWith.phone === 'object' ? loginWith.phone : {}) as MessageProps
  const invited = email.userInvitation ?? phone.userInvitation
  const sms = typeof multifactor?.sms === 'object' ? multifactor.sms.smsMessage : undefined
  const style = email.verificationEmailStyle ?? 'CODE'
  if (style !== 'CODE' && style !== 'LINK')
    throw new Error(`defineAuth: verificationEmailStyle '${style}' is neither CODE nor LINK.`)
  const verifyByLink = style === 'LINK'
  const sender = senders?.email as { fromEmail?: string; fromName?: string } | undefined
  if (senders?.sms) warn('defineAuth: senders.sms is not run by the sandbox: texts go to the inbox.')
  if (sender && !sender.fromEmail)
    warn('defineAuth: senders.email as a function is not run by the sandbox: mail goes to the inbox.')
  const messages: Messages = known({
    from:
      sender?.fromEmail && (sender.fromName ? `${sender.fromName} <${sender.fromEmail}>` : sender.fromEmail),
    verification: part({
      subject: email.verificationEmailSubject,
      body: email.verificationEmailBody?.(verifyByLink ? createLink : code),
      sms: phone.verificationMessage?.(code),
    }),
    invitation: part({
      subject: invited?.emailSubject,
      body: invited?.emailBody?.(username, code),
      sms: invited?.smsMessage?.(username, code),
    }),
    mfa: part({ sms: sms?.(code) }),
  })
  return {
    ...(Object.keys(messages).length > 0 ? { messages } : {}),
    ...(verifyByLink ? { verifyByLink } : {}),
  }
}

interface MessageProps {
  verificationEmailStyle?: string
  verificationEmailSubject?: string
  verificationEmailBody?: (create: (text?: string) => string) => string
  verificationMessage?: (createCode: () => string) => string
  userInvitation?: {
    emailSubject?: string
    emailBody?: (username: () => string, code: () => string) => string
    smsMessage?: (username: () => string, code: () => string) => string
  }
}

const code = () => '{####}'
const createLink = (text = 'Verify Email') => `{##${text}##}`
const username = () => '{username}'

/** Only what was said. */
const known = <Value extends object>(value: Value): Value =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Value
const part = <Value extends object>(value: Value): Value | undefined =>
  Object.values(value).some((each) => each !== undefined) ? known(value) : undefined

function mfaPlan({ multifactor, loginWith }: AuthProps): MfaPlan | undefined {
  if (!multifactor || multifactor.mode === 'OFF') return undefined
  const { mode, totp, sms, email } = multifactor
  if (mode !== 'OPTIONAL' && mode !== 'REQUIRED') {
    throw new Error(`defineAuth: multifactor.mode '${mode}' is none of OFF, OPTIONAL, REQUIRED.`)
  }
  if (!totp && !sms && !email) {
    throw new Error(
      "defineAuth: multifactor must turn on totp, sms or email, as in { mode: 'OPTIONAL', totp: true }.",
    )
  }
  if (email && !loginWith.email) throw new Error('defineAuth: multifactor.email needs loginWith.email.')
  return { mode, totp: !!totp, sms: !!sms, email: !!email }
}

/** https://docs.amplify.aws/react/build-a-backend/auth/concepts/passwordless/ */
function passwordlessOf({
  loginWith: { email, phone, webAuthn },
}: AuthProps): NonNullable<AuthPlan['passwordless']> {
  const asks = (part: unknown) =>
    typeof part === 'object' && part !== null && (part as { otpLogin?: unknown }).otpLogin === true
  return [
    ...(asks(email) ? (['EMAIL_OTP'] as const) : []),
    ...(asks(phone) ? (['SMS_OTP'] as const) : []),
    ...(webAuthn ? (['WEB_AUTHN'] as const) : []),
  ]
}

const TRIGGERS: (keyof Triggers)[] = [
  'preSignUp',
  'postConfirmation',
  'preAuthentication',
  'postAuthentication',
  'preTokenGeneration',
  'customMessage',
  'defineAuthChallenge',
  'createAuthChallenge',
  'verifyAuthChallengeResponse',
  'userMigration',
]

function triggersOf(triggers: Record<string, unknown>, warn: Warn): Triggers {
  return Object.fromEntries(
    Object.entries(triggers).map(([name, definition]) => {
      if (!TRIGGERS.includes(name as keyof Triggers)) {
        throw new Error(`defineAuth: the trigger '${name}' is none of ${TRIGGERS.join(', ')}.`)
      }
      try {
        return [name, functionPlan(definition, warn)]
      } catch (error) {
        throw new Error(`defineAuth: triggers.${name}: ${(error as Error).message}`, { cause: error })
      }
    }),
  )
}

/** Does a CDK call have a meaning here? Then it takes effect. */
export function applyToAuth(auth: AuthPlan, name: string, { path, value, args }: Recording): boolean {
  const cfn = `${name}.resources.cfnResources`
  if (path === `${cfn}.cfnIdentityPool.allowUnauthenticatedIdentities`) {
    auth.allowGuests = value === true
    return true
  }
  const [, resource, property] =
    /\.(cfnUserPool|cfnUserPoolClient)\.(\w+)$/.exec(path.startsWith(cfn) ? path : '') ?? []
  if (!resource || !property) return false
  if (property === 'addPropertyOverride') {
    return typeof args?.[0] === 'string' && applyOverride(auth, resource, args[0].split('.'), args[1])
  }
  return applyOverride(auth, resource, [property], value)
}

/** A property of CloudFormation's, however it was written: `Policies.PasswordPolicy.MinimumLength`, `policies = { passwordPolicy: … }`. */
function applyOverride(auth: AuthPlan, resource: string, [head, ...rest]: string[], value: unknown): boolean {
  // An override deep inside is the same as an object with only that in it.
  if (rest.length > 0)
    return applyOverride(
      auth,
      resource,
      [head!],
      rest.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value),
    )
  const parts = fields(value)
  switch (`${resource}.${lower(head!)}`) {
    case 'cfnUserPool.policies': {
      const factors = fields(parts.signInPolicy).allowedFirstAuthFactors
      if (factors)
        auth.passwordless = list(factors).filter((each) => each !== 'PASSWORD') as AuthPlan['passwordless']
      const rules = Object.entries(fields(parts.passwordPolicy))
      return rules.map(([key, each]) => setPolicy(auth, key, each)).every(Boolean)
    }
    case 'cfnUserPool.webAuthnRelyingPartyID':
      auth.webAuthn = { ...auth.webAuthn, relyingPartyId: String(value) }
      return true
    case 'cfnUserPool.webAuthnUserVerification':
      auth.webAuthn = { ...auth.webAuthn, userVerification: value === 'required' ? 'required' : 'preferred' }
      return true
    case 'cfnUserPool.aliasAttributes':
      for (const each of list(value)) {
        if (each === 'email') auth.loginWith.email = true
        if (each === 'phone_number') auth.loginWith.phone = true
        if (each === 'preferred_username') auth.preferredUsernameAlias = true
      }
      return true
    case 'cfnUserPoolClient.refreshTokenRotation':
      if (parts.feature === 'ENABLED')
        auth.refreshRotation = { graceSeconds: Number(parts.retryGracePeriodSeconds ?? 0) }
      else delete auth.refreshRotation
      return true
    case 'cfnUserPool.deviceConfiguration':
      auth.deviceTracking = parts.deviceOnlyRememberedOnUserPrompt === true ? 'userOptIn' : 'always'
      return true
    case 'cfnUserPool.enabledMfas': {
      const names = list(value)
      const [sms, totp, email] = ['SMS_MFA', 'SOFTWARE_TOKEN_MFA', 'EMAIL_OTP'].map((each) =>
        names.includes(each),
      )
      auth.mfa = { mode: auth.mfa?.mode ?? 'OPTIONAL', sms: !!sms, totp: !!totp, email: !!email }
      return true
    }
    case 'cfnUserPool.mfaConfiguration':
      if (value === 'OFF') delete auth.mfa
      else
        auth.mfa = {
          sms: false,
          totp: true,
          email: false,
          ...auth.mfa,
          mode: value === 'ON' ? 'REQUIRED' : 'OPTIONAL',
        }
      return true
    case 'cfnUserPool.lambdaConfig': {
      const version = fields(parts.preTokenGenerationConfig).lambdaVersion
      if (version !== undefined) auth.preTokenVersion = version === 'V1_0' ? 1 : 2
      return version !== undefined
    }
    case 'cfnUserPoolClient.accessTokenValidity':
    case 'cfnUserPoolClient.idTokenValidity':
    case 'cfnUserPoolClient.refreshTokenValidity':
    case 'cfnUserPoolClient.tokenValidityUnits':
      return setLifetime(auth, lower(head!), value)
    case 'cfnUserPool.adminCreateUserConfig': {
      const closed = parts.allowAdminCreateUserOnly
      if (typeof closed === 'boolean') auth.signUpClosed = closed
      return typeof closed === 'boolean'
    }
    // Every flow is on here, and there is nothing to protect: the store is a file of the developer's.
    case 'cfnUserPoolClient.explicitAuthFlows':
    case 'cfnUserPool.deletionProtection':
      return true
    default:
      return false
  }
}

const UNITS: Record<string, number> = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 }
const LIFETIMES = { accessToken: 'hours', idToken: 'hours', refreshToken: 'days' } as const

/** `accessTokenValidity = 5` with `tokenValidityUnits = { accessToken: 'minutes' }`, in either order. */
function setLifetime(auth: AuthPlan, property: string, value: unknown): boolean {
  const said = (auth.lifetimes ??= { values: {}, units: {} })
  if (property === 'tokenValidityUnits') Object.assign(said.units, fields(value))
  else if (typeof value === 'number') said.values[property.slice(0, -'Validity'.length)] = value
  else return false
  for (const [token, usual] of Object.entries(LIFETIMES) as [keyof typeof LIFETIMES, string][]) {
    const [amount, unit] = [said.values[token], UNITS[said.units[token] ?? usual]]
    if (amount !== undefined && unit) auth[`${token}Seconds`] = amount * unit
  }
  return true
}

function setPolicy({ passwordPolicy }: AuthPlan, key: string, value: unknown): boolean {
  if (key === 'minimumLength' && typeof value === 'number') passwordPolicy.minLength = value
  else if (key in passwordPolicy && typeof value === 'boolean')
    Object.assign(passwordPolicy, { [key]: value })
  // Temporary passwords last here: nothing that works now stops working for it.
  else return key === 'temporaryPasswordValidityDays'
  return true
}

const lower = (name: string) => `${name.charAt(0).toLowerCase()}${name.slice(1)}`

/** CDK writes `minimumLength`, CloudFormation `MinimumLength`. */
function fields(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [lower(name), each]))
}

const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])
