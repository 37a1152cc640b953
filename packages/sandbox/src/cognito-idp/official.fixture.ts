import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Amplify } from 'aws-amplify'
import type { FunctionPlan } from '../plan.js'
import type { TestPool } from '../pool.fixture.js'

/** Points the official client at this pool. */
export function useOfficial(pool: TestPool): void {
  const { user_pool_id: userPoolId, user_pool_client_id: userPoolClientId } = pool.outputs
  Amplify.configure({
    Auth: { Cognito: { userPoolId, userPoolClientId, userPoolEndpoint: pool.sandbox.url } },
  })
}

/** Functions written in the test: their folder, and how a plan names them. */
export function writeFunctions() {
  const folder = mkdtempSync(join(tmpdir(), 'backline-handlers-'))
  return {
    folder,
    write(name: string, source: string, more: Partial<FunctionPlan> = {}): FunctionPlan {
      const entry = join(folder, `${name}.ts`)
      writeFileSync(entry, source)
      return { name, entry, environment: {}, timeoutSeconds: 5, ...more }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** As `aws-lambda` types it, as far as the tests need it. */
export type PostConfirmationTriggerHandler = <Event extends { userName: string; userPoolId: string }>(
  event: Event,
) => Promise<Event>
