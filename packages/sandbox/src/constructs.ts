import { type Recording, recordedPath } from '@backline/schema/backend'

// What an `amplify/backend.ts` made with CDK, read from the recording: constructs by their class, what was called on them, and the
// text in which their attributes stand (`${aws-cdk-lib/aws-appsync.CfnApi#3.attrApiId}`) wherever the file used them.

/** A construct that was made, or what a call on one gave: `new RestApi(…)`, `api.root.addResource('items')`. */
export interface Construct {
  path: string
  /** Its class, such as `aws-appsync.CfnApi`; of a call's result the name of the method. */
  type: string
  args: unknown[]
}

export interface Call {
  method: string
  args: unknown[]
  made: string
}

export interface Constructs {
  all(...types: string[]): Construct[]
  /** The construct that this value is, or is an attribute of. */
  find(value: unknown): Construct | undefined
  /** The same for a path. */
  at(path: string | undefined): Construct | undefined
  /** Calls of `x.method(…)`, and with `deep` of `x.….method(…)`. */
  calls(path: string, deep?: boolean): Call[]
  /** Properties that were set afterwards: of the construct itself, or by `addPropertyOverride('A.B', …)`. */
  assigned(path: string): [name: string, value: unknown][]
  /** Says that it has been understood. */
  use(construct: Construct): void
  /** Classes of constructs that nobody understood. */
  unused(): string[]
}

/** Aids of CDK that make nothing by themselves. */
const AIDS =
  /^aws-iam\.(Policy|PolicyStatement|PolicyDocument|\w+Principal)$|^aws-logs\.|Integration$|Authorizer$|^aws-lambda\.Runtime/

export function readConstructs(recordings: Recording[]): Constructs {
  const constructs: Construct[] = []
  const calls: (Call & { path: string })[] = []
  for (const { path, args, made } of recordings) {
    if (!args || !made) continue
    if (path.startsWith('new ')) constructs.push({ path: made, type: typeOf(path.slice(4)), args })
    else calls.push({ path, method: path.split('.').at(-1)!, args, made })
  }
  const used = new Set<string>()
  const known = new Map<string, Construct>([
    ...constructs.map((each) => [each.path, each] as const),
    ...calls.map(({ made, method, args }) => [made, { path: made, type: method, args }] as const),
  ])
  const at = (path: string | undefined): Construct | undefined =>
    path === undefined ? undefined : (known.get(path) ?? at(/^(.+)\.[^.]*$/.exec(path)?.[1]))
  return {
    all: (...types) => constructs.filter(({ type }) => types.includes(type)),
    find: (value) => at(recordedPath(value)),
    at,
    calls: (path, deep = false) =>
      calls.filter((call) =>
        deep ? call.path.startsWith(`${path}.`) : call.path === `${path}.${call.method}`,
      ),
    assigned: (path) =>
      recordings.flatMap((each): [string, unknown][] => {
        if (!each.path.startsWith(`${path}.`)) return []
        const name = each.path.slice(path.length + 1)
        if (name === 'addPropertyOverride') return [[String(each.args?.[0]), each.args?.[1]]]
        return each.args || name.includes('.') ? [] : [[name, each.value]]
      }),
    use: ({ path }) => used.add(path),
    unused: () => [
      ...new Set(
        constructs
          .filter(({ path, type }) => !used.has(path) && type.startsWith('aws-') && !AIDS.test(type))
          .map(({ type }) => `new ${type}`),
      ),
    ],
  }
}

/** `aws-cdk-lib/aws-appsync.CfnApi` and `aws-cdk-lib.aws_appsync.CfnApi` are one. */
function typeOf(path: string): string {
  return path
    .replace(/^aws-cdk-lib[./](?=aws[-_])/, '')
    .replace(/^aws_\w+/, (name) => name.replaceAll('_', '-'))
}

/** The properties a construct was made with: `new X(scope, id, { … })`. */
export function propsOf({ args }: Construct): Record<string, unknown> {
  const last = args.at(-1)
  return typeof last === 'object' && last !== null && !Array.isArray(last)
    ? (last as Record<string, unknown>)
    : {}
}

/** The last part of the name of a constant: `USER_POOL` of `AuthorizationType.USER_POOL`; a text is itself. */
export function constantOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : recordedPath(value)?.split('.').at(-1)
}

export const asObject = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

export const asArray = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value]

const TOKEN = /\$\{([^{}]+)\}/g
/** Stands for `127.0.0.1:<port>` until the sandbox listens. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: it is written as attributes are.
export const HOST = '${sandbox.host}'
/** Here there is no TLS. */
const SECURE_HOST = /\b(http|ws)s:\/\/(?=\$\{sandbox\.host\})/g

/** A value that a `backend.ts` put together, as it reads when each attribute in it is what `of` says; what nobody knows stays as it is. */
export function written(value: unknown, of: (attribute: string) => string | undefined): unknown {
  const path = recordedPath(value)
  if (path !== undefined)
    return (of(path) ?? `\${${path.replace(/#\d+/g, '')}}`).replace(SECURE_HOST, '$1://')
  if (typeof value === 'string') {
    return value
      .replace(TOKEN, (whole, name: string) => of(name) ?? whole.replace(/#\d+/g, ''))
      .replace(SECURE_HOST, '$1://')
  }
  if (Array.isArray(value)) return value.map((each) => written(each, of))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [written(name, of) as string, written(each, of)]),
  )
}
