import {
  type AuthProps,
  type BackendProps,
  type DataProps,
  type Definition,
  type FunctionProps,
  kindOf,
  type LocalProps,
  type Recording,
  type ReferenceAuthProps,
  type StorageProps,
} from '@backline/schema/backend'
import { applyGrant } from './authAccessOf.js'
import { applyToAuth, authPlan } from './authPlanOf.js'
import { written } from './constructs.js'
import { dataPlan, definitionsOf } from './dataPlanOf.js'
import { type Infrastructure, infrastructureOf } from './infrastructureOf.js'
import { localPlan } from './localPlanOf.js'
import { outputsOf } from './outputsOf.js'
import type { BackendPlan, Warn } from './plan.js'
import { referencePlan } from './referencePlanOf.js'
import { applyStorageGrants, checkStorages, storagePlan } from './storagePlanOf.js'

/**
 * Reads what `defineBackend(…)` returned into the plan that the services follow.
 *
 * @throws {Error} that names the part and the property that cannot be understood.
 */
export function planOf(backend: unknown, warn: Warn = () => {}): BackendPlan {
  if (kindOf(backend) !== 'backend') {
    throw new Error('The backend must be what defineBackend({ … }) returned.')
  }
  const { parts, recordings, outputs } = (backend as Definition<'backend', BackendProps>).props
  const of = <Props>(kind: string) =>
    Object.entries(parts).filter(([, part]) => kindOf(part) === kind) as [string, Definition<never, Props>][]

  const [auth, secondAuth] = of<AuthProps>('auth')
  const [data, secondData] = of<DataProps>('data')
  if (secondAuth)
    throw new Error(
      `defineBackend has two auth parts, '${auth?.[0]}' and '${secondAuth[0]}': one user pool is served.`,
    )
  if (secondData)
    throw new Error(
      `defineBackend has two data parts, '${data?.[0]}' and '${secondData[0]}': one API is served.`,
    )
  const [reference] = of<ReferenceAuthProps>('referenceAuth')
  if (auth && reference)
    throw new Error(
      `defineBackend has two auth parts, '${auth[0]}' and '${reference[0]}': one user pool is served.`,
    )

  const [local, secondLocal] = of<LocalProps>('local')
  if (secondLocal) throw new Error('defineLocal(…) is said twice: put both into one.')
  const extraOutputs = outputs.map(outputsOf).reduce(merge, {})

  const plan: BackendPlan = {
    auth: auth ? authPlan(auth[1].props, warn) : reference && referencePlan(reference[1].props, warn),
    storages: of<StorageProps>('storage').map(([part, { props }]) => storagePlan(part, props, warn)),
    local: localPlan(local?.[1].props ?? {}, extraOutputs, warn),
    extraOutputs,
  }
  const infrastructure = infrastructureOf({
    ...{ parts, recordings, warn },
    storages: plan.storages,
    auth: (auth ?? reference)?.[0],
  })
  plan.data = data && dataPlan({ name: data[0], props: data[1].props, recordings, warn, ...infrastructure })
  plan.eventApis = infrastructure.eventApis
  plan.restApis = infrastructure.restApis
  plan.policies = infrastructure.policies
  plan.extraOutputs = written(extraOutputs, infrastructure.attribute) as Record<string, unknown>
  const withTriggers = [auth?.[1].props, ...of<StorageProps>('storage').map(([, { props }]) => props)]
  const run = new Set([
    ...withTriggers.flatMap((props) => Object.values(props?.triggers ?? {})),
    ...infrastructure.functions,
    ...definitionsOf(data?.[1].props),
  ])
  for (const [name, definition] of of('function')) {
    if (!run.has(definition)) warn(`The function '${name}' is not run by the sandbox: nothing names it.`)
  }
  checkStorages(plan.storages)
  checkDelivery(plan)
  const functions = Object.fromEntries(of<FunctionProps>('function'))
  const granted = applyStorageGrants(plan.storages, parts, recordings, warn)
  const rest = recordings.filter((recording) => !granted.has(recording))
  applyRecordings(plan, { auth: (auth ?? reference)?.[0], functions }, rest, infrastructure, warn)
  return plan
}

/** Objects grow together; anything else is replaced. */
export function merge(into: Record<string, unknown>, more: Record<string, unknown>): Record<string, unknown> {
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
  const result = { ...into }
  for (const [name, value] of Object.entries(more)) {
    const old = result[name]
    result[name] = isObject(old) && isObject(value) ? merge(old, value) : value
  }
  return result
}

/** What streams deliver to must be there. */
function checkDelivery({ local, storages }: BackendPlan) {
  for (const { name, bucket } of local?.firehose?.streams ?? []) {
    if (storages.some((each) => (bucket ? each.name === bucket : each.isDefault))) continue
    throw new Error(
      `defineLocal: firehose.streams: '${name}' delivers to ${bucket ? `the bucket '${bucket}'` : 'the default bucket'}, and no defineStorage makes it.`,
    )
  }
}

/** CDK calls with a meaning here take effect; the rest is named once. */
function applyRecordings(
  { auth }: BackendPlan,
  parts: { auth: string | undefined; functions: Record<string, Definition<never, FunctionProps>> },
  recordings: Recording[],
  infrastructure: Infrastructure,
  warn: Warn,
) {
  const ignored = new Set<string>(infrastructure.unused)
  for (const recording of recordings) {
    const applied =
      auth &&
      parts.auth &&
      (applyToAuth(auth, parts.auth, recording) || applyGrant(auth, parts.auth, parts.functions, recording))
    if (!applied && !infrastructure.understands(recording)) ignored.add(recording.path.replace(/#\d+/g, ''))
  }
  if (ignored.size)
    warn(`amplify/backend.ts: these CDK calls have no effect in the sandbox: ${[...ignored].join(', ')}.`)
}
