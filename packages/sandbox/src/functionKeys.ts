import { randomBytes } from 'node:crypto'
import type { FunctionPlan } from './plan.js'
import type { CredentialAuthority, IssuedCredentials } from './service.js'

export interface FunctionKeys extends CredentialAuthority {
  /** The keys that this function finds in its environment. */
  of(plan: Pick<FunctionPlan, 'name'>): IssuedCredentials
}

/**
 * The root key, and a key for each function, so that a service knows which of them calls. For services that do not ask, a
 * function may do what an administrator may.
 */
export function createFunctionKeys(root: IssuedCredentials): FunctionKeys {
  const issued = new Map<string, IssuedCredentials>()
  return {
    of({ name }) {
      const known = issued.get(name) ?? {
        accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
        secretAccessKey: randomBytes(30).toString('base64'),
        sessionToken: randomBytes(192).toString('base64'),
        principal: { role: 'root' as const, function: name },
      }
      issued.set(name, known)
      return known
    },
    find: (accessKeyId) =>
      accessKeyId === root.accessKeyId
        ? root
        : [...issued.values()].find((each) => each.accessKeyId === accessKeyId),
  }
}
