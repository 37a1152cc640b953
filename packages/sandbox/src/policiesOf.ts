import { type Recording, recordedPath } from '@backline/schema/backend'
import { asArray, asObject, type Construct, type Constructs, propsOf, written } from './constructs.js'
import type { PolicyPlan } from './plan.js'

// Policies that a `backend.ts` attaches to the roles of its identity pool, as far as they allow something.

const GRANTS: Record<string, string> = {
  grantConnect: 'appsync:EventConnect',
  grantPublish: 'appsync:EventPublish',
  grantSubscribe: 'appsync:EventSubscribe',
}

/** @param auth the name that `defineBackend` has for the auth part */
export function policiesOf(
  auth: string,
  constructs: Constructs,
  recordings: Recording[],
  attribute: (name: string) => string | undefined,
): { policies: PolicyPlan[]; used: Set<Recording> } {
  const policies: PolicyPlan[] = []
  const used = new Set<Recording>()
  const roleOf = (path: string | undefined): PolicyPlan['role'] | undefined => {
    const [, name] = new RegExp(`^${auth}\\.resources\\.(.+)$`).exec(path ?? '') ?? []
    if (name === 'authenticatedUserIamRole') return 'authenticated'
    if (name === 'unauthenticatedUserIamRole') return 'guest'
    const [, group] = /^groups\.(.+)\.role$/.exec(name ?? '') ?? []
    return group === undefined ? undefined : { group }
  }
  const texts = (value: unknown) => asArray(value).map((each) => String(written(each, attribute)))
  const allow = (role: PolicyPlan['role'], statement: unknown) => {
    const made = constructs.find(statement)
    const { effect, actions, resources } = made ? propsOf(made) : asObject(statement)
    if (/DENY$/i.test(recordedPath(effect) ?? String(effect ?? ''))) return
    policies.push({ role, actions: texts(actions), resources: texts(resources) })
  }
  const attach = (role: PolicyPlan['role'], policy: Construct | undefined) => {
    if (!policy) return
    const { statements, document } = propsOf(policy)
    const inDocument = constructs.find(document)
    const added = constructs
      .calls(policy.path)
      .flatMap(({ method, args }) => (method === 'addStatements' ? args : []))
    const whole = inDocument ? asArray(propsOf(inDocument).statements) : []
    for (const each of [...asArray(statements), ...whole, ...added]) allow(role, each)
  }

  for (const recording of recordings) {
    const { path, args } = recording
    if (!args) continue
    const [, on = '', method = ''] = /^(.+)\.(\w+)$/.exec(path) ?? []
    const role = roleOf(on)
    const given = roleOf(recordedPath(args[0]))
    const arn = GRANTS[method] && attribute(`${on}.apiArn`)
    if (role && method === 'attachInlinePolicy') attach(role, constructs.find(args[0]))
    else if (role && /^addTo(Principal)?Policy$/.test(method)) allow(role, args[0])
    else if (given && method === 'attachToRole')
      attach(
        given,
        constructs.all('aws-iam.Policy').find((each) => each.path === on),
      )
    else if (given && arn)
      policies.push({ role: given, actions: [GRANTS[method]!], resources: [arn, `${arn}/*`] })
    else continue
    used.add(recording)
  }

  return { policies, used }
}

/** Do these policies let the role do it? */
export function isAllowed(
  policies: PolicyPlan[],
  role: PolicyPlan['role'],
  action: string,
  resources: string[],
): boolean {
  const isFor = (each: PolicyPlan['role']) =>
    typeof each === 'object' ? typeof role === 'object' && each.group === role.group : each === role
  return policies.some(
    (policy) =>
      isFor(policy.role) &&
      policy.actions.some((each) => fits(each.toLowerCase(), action.toLowerCase())) &&
      policy.resources.some((each) => resources.some((resource) => fits(each, resource))),
  )
}

/** `*` is any text, `?` any letter: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html */
function fits(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 's').test(text)
}
