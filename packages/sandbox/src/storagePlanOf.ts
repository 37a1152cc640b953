import {
  type Definition,
  kindOf,
  type Recording,
  recordedPath,
  type StorageGrant,
  type StorageProps,
  storageAllow,
} from '@backline/schema/backend'
import { functionPlan } from './functionPlanOf.js'
import type { StoragePlan, StorageRule, StorageTriggers, Warn } from './plan.js'

const ACTIONS = {
  read: ['get', 'list'],
  get: ['get'],
  list: ['list'],
  write: ['write'],
  delete: ['delete'],
} as const

/** What `defineStorage(…)` says. `part` is its name in `defineBackend`. */
export function storagePlan(part: string, props: StorageProps, warn: Warn): StoragePlan {
  if (!props.name) throw new Error(`defineStorage ('${part}'): name must not be empty.`)
  const rules: StorageRule[] = []
  for (const [path, grants] of Object.entries(props.access?.(storageAllow) ?? {})) {
    if (path.startsWith('/') || !path.endsWith('/*')) {
      throw new Error(
        `defineStorage ('${props.name}'): the path '${path}' must not start with '/' and must end with '/*'.`,
      )
    }
    for (const grant of grants) rules.push(...storageRules(path, grant, props.name, warn))
  }
  const triggers = storageTriggers(props, warn)
  return {
    name: props.name,
    isDefault: props.isDefault ?? false,
    bucketName: `amplify-sandbox-${props.name.toLowerCase().replace(/[^a-z0-9-]+/g, '-')}`
      .slice(0, 63)
      .replace(/-+$/, ''),
    rules,
    ...(triggers ? { triggers } : {}),
  }
}

function storageRules(path: string, grant: StorageGrant, storage: string, warn: Warn): StorageRule[] {
  const may = [
    ...new Set(
      grant.actions.flatMap((action) => {
        if (!ACTIONS[action])
          throw new Error(
            `defineStorage ('${storage}'): '${action}' on '${path}' is none of ${Object.keys(ACTIONS)}.`,
          )
        return ACTIONS[action]
      }),
    ),
  ]
  const { who } = grant
  if (who === 'entity') {
    if (!path.includes('{entity_id}'))
      throw new Error(
        `defineStorage ('${storage}'): allow.entity on '${path}' needs {entity_id} in the path.`,
      )
    return [{ path, who: { kind: 'owner' }, may }]
  }
  if (typeof who === 'string') return [{ path, who: { kind: who }, may }]
  if ('groups' in who) return who.groups.map((group) => ({ path, who: { kind: 'group', group }, may }))
  const { name } = said(`defineStorage ('${storage}'): allow.resource on '${path}'`, who.resource, warn)
  return [{ path, who: { kind: 'function', name }, may }]
}

const TRIGGERS = ['onUpload', 'onDelete'] as const

function storageTriggers({ name, triggers = {} }: StorageProps, warn: Warn): StorageTriggers | undefined {
  const plans: StorageTriggers = {}
  for (const [event, definition] of Object.entries(triggers)) {
    const known = TRIGGERS.find((each) => each === event)
    if (!known)
      throw new Error(`defineStorage ('${name}'): the trigger '${event}' is none of ${TRIGGERS.join(', ')}.`)
    if (definition) plans[known] = said(`defineStorage ('${name}'): the trigger '${event}'`, definition, warn)
  }
  return Object.keys(plans).length > 0 ? plans : undefined
}

/** A function, with the place that names it in front of what is wrong with it. */
function said(place: string, definition: unknown, warn: Warn) {
  try {
    return functionPlan(definition, warn)
  } catch (error) {
    throw new Error(`${place}: ${(error as Error).message}`, { cause: error })
  }
}

/** Exactly one default bucket where there is any: the first, unless one says it is. */
export function checkStorages(storages: StoragePlan[]) {
  const defaults = storages.filter((each) => each.isDefault)
  if (defaults.length > 1) {
    throw new Error(`defineStorage: '${defaults[0]?.name}' and '${defaults[1]?.name}' both say isDefault.`)
  }
  if (storages.length > 1 && !defaults.length)
    throw new Error('defineStorage: of several buckets one must say isDefault: true.')
  if (storages[0] && !defaults.length) storages[0].isDefault = true
  const names = new Set<string>()
  for (const { name } of storages) {
    if (names.has(name)) throw new Error(`defineStorage: two buckets are called '${name}'.`)
    names.add(name)
  }
}

const GRANTS: Record<string, StorageRule['may']> = {
  grantRead: ['get', 'list'],
  grantWrite: ['write', 'delete'],
  grantPut: ['write'],
  grantDelete: ['delete'],
  grantReadWrite: ['get', 'list', 'write', 'delete'],
}

/**
 * What CDK grants to functions: `backend.drive.resources.bucket.grantRead(backend.clerk.resources.lambda)`. Policies of a function's own are
 * not read; one that has any may do everything. Returns what has been understood.
 */
export function applyStorageGrants(
  storages: StoragePlan[],
  parts: Record<string, Definition>,
  recordings: Recording[],
  warn: Warn,
): Set<Recording> {
  const understood = new Set<Recording>()
  const functionAt = (path: string | undefined) => {
    const part = parts[/^(.+?)\.resources\.lambda\b/.exec(path ?? '')?.[1] ?? '']
    return kindOf(part) === 'function' ? functionPlan(part, warn).name : undefined
  }
  const grant = (to: StoragePlan[], name: string, may: StorageRule['may']) => {
    for (const storage of to) {
      const before = storage.granted?.[name] ?? []
      storage.granted = { ...storage.granted, [name]: [...new Set([...before, ...may])] }
    }
  }
  for (const recording of recordings) {
    const { path, args } = recording
    const [, part = '', method = ''] = /^(.+)\.resources\.bucket\.(grant\w+)$/.exec(path) ?? []
    const grantee = functionAt(recordedPath(args?.[0]))
    const owner = kindOf(parts[part]) === 'storage' ? (parts[part]!.props as StorageProps) : undefined
    if (owner && grantee && GRANTS[method]) {
      grant(
        storages.filter(({ name }) => name === owner.name),
        grantee,
        GRANTS[method],
      )
      understood.add(recording)
    } else if (args && /\.resources\.lambda\.(addToRolePolicy|role\.\w+)$/.test(path)) {
      const itself = functionAt(path)
      if (itself) grant(storages, itself, GRANTS.grantReadWrite!)
    }
  }
  return understood
}

/** The names under which a function finds the buckets that it may use: as the definition spells them, and as Amplify's guides do. */
export function bucketVariables(storages: StoragePlan[], functionName: string): Record<string, string> {
  const variables: Record<string, string> = {}
  for (const { name, bucketName, rules } of storages) {
    if (!rules.some(({ who }) => who.kind === 'function' && who.name === functionName)) continue
    const shouted = name
      .replace(/([a-z\d])([A-Z])/g, '$1_$2')
      .replace(/[^A-Za-z\d]+/g, '_')
      .toUpperCase()
    for (const variable of [name, shouted]) variables[`${variable}_BUCKET_NAME`] = bucketName
  }
  return variables
}
