import { type Definition, kindOf, type Recording, recordedPath } from '@backline/schema/backend'
import { asObject, type Constructs, readConstructs } from './constructs.js'
import { eventApisOf } from './eventsPlanOf.js'
import { functionPlan } from './functionPlanOf.js'
import { ACCOUNT, REGION } from './place.js'
import type { EventApiPlan, FunctionPlan, PolicyPlan, RestApiPlan, StoragePlan, Warn } from './plan.js'
import { policiesOf } from './policiesOf.js'
import { restApisOf } from './rest/restPlanOf.js'

// What an `amplify/backend.ts` builds with CDK beside its definitions, as far as the sandbox serves it.

export interface Infrastructure {
  eventApis: EventApiPlan[]
  restApis: RestApiPlan[]
  policies: PolicyPlan[]
  constructs: Constructs
  /** The function behind `backend.sayHello.resources.lambda`. */
  functionOf(value: unknown): FunctionPlan | undefined
  /** Definitions of functions that something here runs. */
  functions: Set<unknown>
  /** What an attribute of a construct reads as. */
  attribute(name: string): string | undefined
  /** Does this recording need no warning? */
  understands(recording: Recording): boolean
  /** Constructs that nothing here serves. */
  unused: string[]
}

export interface InfrastructureParts {
  parts: Record<string, Definition>
  recordings: Recording[]
  /** The name of the auth part. */
  auth: string | undefined
  storages: StoragePlan[]
  warn: Warn
}

export function infrastructureOf(given: InfrastructureParts): Infrastructure {
  const { parts, recordings, auth, storages, warn } = given
  const constructs = readConstructs(recordings)
  const functions = new Map<unknown, FunctionPlan>()
  /** The function behind `backend.sayHello.resources.lambda`, or an attribute of it. */
  const functionOf = (value: unknown): FunctionPlan | undefined => {
    const [, name, rest] =
      /^(?:.*\$\{)?([^.]+)\.resources\.(lambda|cfnResources)\b/.exec(recordedPath(value) ?? String(value)) ??
      []
    const definition = name && rest ? parts[name] : undefined
    if (kindOf(definition) !== 'function') return undefined
    if (!functions.has(definition)) functions.set(definition, functionPlan(definition, warn))
    return functions.get(definition)
  }
  const events = eventApisOf(constructs, functionOf, placed)
  const rest = restApisOf(constructs, functionOf)

  const attribute = (path: string): string | undefined => {
    const [, storage] = /^(\w+)\.resources\.bucket\.bucketName$/.exec(path) ?? []
    if (storage) return storages.find(({ name }) => name === asObject(parts[storage]?.props).name)?.bucketName
    const construct = constructs.at(path)
    if (placed(path) || !construct) return placed(path)
    const name = path.slice(construct.path.length + 1)
    return events.attribute(construct, name) ?? rest.attribute(construct, name)
  }
  const { policies, used } = auth
    ? policiesOf(auth, constructs, recordings, attribute)
    : { policies: [], used: new Set<Recording>() }

  return {
    eventApis: events.plans,
    restApis: rest.plans,
    policies,
    constructs,
    functionOf,
    get functions() {
      return new Set(functions.keys())
    },
    attribute,
    understands: (recording) =>
      used.has(recording) ||
      isOfCdk(recording.path) ||
      isPermissionOfFunction(recording.path) ||
      /\.cfnGraphqlApi\.environmentVariables$|\.add\w+DataSource$|\.grantPrincipal\.\w+$/.test(
        recording.path,
      ),
    get unused() {
      return constructs.unused()
    },
  }
}

/** What needs no construct to be known: `stack.region`, `AuthorizationType.IAM`. */
function placed(path: string): string | undefined {
  if (/(^stacks\.|\b[Ss]tack\b).*\.region$|^aws-cdk-lib\.Aws\.REGION$/.test(path)) return REGION
  if (/(^stacks\.|\b[Ss]tack\b).*\.account$|^aws-cdk-lib\.Aws\.ACCOUNT_ID$/.test(path)) return ACCOUNT
  return CONSTANTS[path]
}

/** CDK's constants that an output is likely to name. */
const CONSTANTS: Record<string, string> = Object.fromEntries(
  Object.entries({
    API_KEY: 'API_KEY',
    USER_POOL: 'AMAZON_COGNITO_USER_POOLS',
    IAM: 'AWS_IAM',
    OIDC: 'OPENID_CONNECT',
    LAMBDA: 'AWS_LAMBDA',
  }).flatMap(([name, text]) =>
    ['AuthorizationType', 'AppSyncAuthorizationType'].map((type) => [
      `aws-cdk-lib/aws-appsync.${type}.${name}`,
      text,
    ]),
  ),
)

/** Calls on constructs of CDK's own modules; which of those have no effect is said by their class. */
const isOfCdk = (path: string) =>
  /^(new )?(aws-cdk-lib|constructs|@aws-)/.test(path) || path.startsWith('stacks.')

/** Functions hold an administrator's keys here: what they are permitted needs no doing. What they hear is read elsewhere. */
const isPermissionOfFunction = (path: string) =>
  /\.resources\.lambda\.(addEventSource(Mapping)?|addToRolePolicy|grant\w+|role\.\w+)$/.test(path)
