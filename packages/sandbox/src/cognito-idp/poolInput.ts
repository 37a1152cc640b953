import type { Input } from '../awsJson.js'
import { invalidParameter, optionalText } from '../input.js'
import type { AttributeRule, AuthPlan, Messages } from '../plan.js'
import { STANDARD } from './users.js'

// What `CreateUserPool` and `UpdateUserPool` say, as a plan. https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPool.html

/** What a pool has where nothing is said. */
export const USUAL_POOL: AuthPlan = {
  loginWith: { email: false, phone: false, username: true },
  requiredAttributes: [],
  groups: [],
  passwordPolicy: {
    minLength: 8,
    requireLowercase: true,
    requireUppercase: true,
    requireNumbers: true,
    requireSymbols: true,
  },
  allowGuests: false,
  accessTokenSeconds: 3600,
  idTokenSeconds: 3600,
  refreshTokenSeconds: 30 * 86_400,
}

/** Only what is said. @throws {ServiceError} for what the sandbox cannot do. */
export function poolSettings(input: Input): Partial<AuthPlan> {
  if (Object.keys(within(input, 'LambdaConfig')).length > 0)
    throw invalidParameter('LambdaConfig: triggers belong to the definition, defineAuth({ triggers }).')
  const policies = within(input, 'Policies')
  const password = within(policies, 'PasswordPolicy')
  const factors = list(within(policies, 'SignInPolicy').AllowedFirstAuthFactors)
  const [names, aliases] = [list(input.UsernameAttributes), list(input.AliasAttributes)]
  const devices = input.DeviceConfiguration === undefined ? undefined : within(input, 'DeviceConfiguration')
  const mechanisms = within(input, 'AccountRecoverySetting').RecoveryMechanisms
  const closed = within(input, 'AdminCreateUserConfig').AllowAdminCreateUserOnly
  return defined({
    ...(names || aliases
      ? {
          loginWith: {
            email: !!(names ?? aliases)?.includes('email'),
            phone: !!(names ?? aliases)?.includes('phone_number'),
            username: !names?.length,
          },
          preferredUsernameAlias: aliases?.includes('preferred_username') || undefined,
        }
      : {}),
    ...(Object.keys(password).length > 0 ? { passwordPolicy: policyOf(password) } : {}),
    ...(input.Schema === undefined ? {} : schemaOf(input.Schema)),
    passwordless: factors?.filter((each) => each !== 'PASSWORD') as AuthPlan['passwordless'],
    deviceTracking: devices && (devices.DeviceOnlyRememberedOnUserPrompt === true ? 'userOptIn' : 'always'),
    recovery: Array.isArray(mechanisms) ? recoveryOf(mechanisms as Input[]) : undefined,
    signUpClosed: typeof closed === 'boolean' ? closed : undefined,
    ...messagesOf(input),
  })
}

function policyOf(said: Input): AuthPlan['passwordPolicy'] {
  const { MinimumLength = 8 } = said
  if (typeof MinimumLength !== 'number' || !(MinimumLength >= 6 && MinimumLength <= 99))
    throw invalidParameter('MinimumLength must be between 6 and 99.')
  const asks = (name: string) => said[name] === true
  return {
    minLength: MinimumLength,
    requireLowercase: asks('RequireLowercase'),
    requireUppercase: asks('RequireUppercase'),
    requireNumbers: asks('RequireNumbers'),
    requireSymbols: asks('RequireSymbols'),
  }
}

function schemaOf(schema: unknown): Partial<AuthPlan> {
  if (!Array.isArray(schema)) throw invalidParameter('Schema must be a list.')
  const each = (schema as Input[]).map((attribute) => {
    const said = optionalText(attribute, 'Name') ?? ''
    const name = STANDARD.includes(said) || said.startsWith('custom:') ? said : `custom:${said}`
    return { name, attribute }
  })
  const bound = (of: Input, name: string) => (of[name] === undefined ? undefined : Number(of[name]))
  const ruleOf = (attribute: Input): AttributeRule => {
    const [texts, numbers] = ['StringAttributeConstraints', 'NumberAttributeConstraints'].map((name) =>
      within(attribute, name),
    ) as [Input, Input]
    return defined({
      type: (optionalText(attribute, 'AttributeDataType') ?? 'String') as AttributeRule['type'],
      mutable: attribute.Mutable !== false,
      minLength: bound(texts, 'MinLength'),
      maxLength: bound(texts, 'MaxLength'),
      min: bound(numbers, 'MinValue'),
      max: bound(numbers, 'MaxValue'),
    })
  }
  return {
    requiredAttributes: each.filter(({ attribute }) => attribute.Required === true).map(({ name }) => name),
    customAttributes: each.flatMap(({ name }) => (name.startsWith('custom:') ? [name] : [])),
    attributeRules: Object.fromEntries(each.map(({ name, attribute }) => [name, ruleOf(attribute)])),
  }
}

function recoveryOf(mechanisms: Input[]): NonNullable<AuthPlan['recovery']> {
  const sorted = [...mechanisms].sort((one, other) => Number(one.Priority ?? 0) - Number(other.Priority ?? 0))
  return sorted.flatMap(({ Name }) =>
    Name === 'verified_email'
      ? (['email'] as const)
      : Name === 'verified_phone_number'
        ? (['phone_number'] as const)
        : [],
  )
}

function messagesOf(input: Input): Pick<AuthPlan, 'messages' | 'verifyByLink'> {
  const template = within(input, 'VerificationMessageTemplate')
  const byLink = template.DefaultEmailOption === 'CONFIRM_WITH_LINK'
  const verification: Messages['verification'] = defined({
    subject:
      optionalText(template, byLink ? 'EmailSubjectByLink' : 'EmailSubject') ??
      optionalText(input, 'EmailVerificationSubject'),
    body:
      optionalText(template, byLink ? 'EmailMessageByLink' : 'EmailMessage') ??
      optionalText(input, 'EmailVerificationMessage'),
    sms: optionalText(template, 'SmsMessage') ?? optionalText(input, 'SmsVerificationMessage'),
  })
  return defined({
    verifyByLink: template.DefaultEmailOption === undefined ? undefined : byLink,
    messages: Object.keys(verification).length > 0 ? { verification } : undefined,
  })
}

const within = (input: Input, name: string): Input =>
  typeof input[name] === 'object' && input[name] !== null ? (input[name] as Input) : {}
const list = (value: unknown) => (Array.isArray(value) ? value.map(String) : undefined)
const defined = <Value extends object>(value: Value): Value =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Value
