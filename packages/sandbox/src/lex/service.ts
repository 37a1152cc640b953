import { ServiceError } from '../awsJson.js'
import type { Functions } from '../functions.js'
import { answerRest, isPathOf, type RestTable, restError, restFault } from '../restJson.js'
import type { CredentialAuthority, Service, WireResponse, World } from '../service.js'
import { signedFor } from '../sigv4.js'
import { openSessions } from './sessions.js'
import { ALIAS_V1, badRequest, lexV1Table } from './v1.js'
import { ALIAS, lexV2Table } from './v2.js'

/** Both runtimes of Lex over the same bots. See docs/protocols/lex.md. */
export function createLex(world: World, authority: CredentialAuthority, functions: Functions): Service[] {
  const sessions = openSessions(world)
  const serve = (table: RestTable, more: Pick<Service, 'fault'> & Partial<Service>): Service => ({
    name: 'lex',
    matches: (request) => (signedFor(request) ?? 'lex') === 'lex' && isPathOf(table, request),
    handle: (request) =>
      answerRest(request, {
        ...{ service: 'lex', authority, table, clock: world.clock, limit: 5 * 1024 * 1024 },
        access: world.plan.local?.lex?.access,
      }),
    ...more,
  })
  return [
    serve(lexV2Table(world, sessions, functions), {
      fault: restFault,
      outputs: () => outputsOf(world),
      reset: () => sessions.clear(),
    }),
    serve(lexV1Table(world, sessions, functions), { fault: faultV1 }),
  ]
}

/** V1 has words of its own for a status. */
function faultV1(status: number, message: string): WireResponse {
  const types: Record<number, string> = {
    404: 'NotFoundException',
    429: 'LimitExceededException',
    500: 'InternalFailureException',
  }
  const type = types[status]
  if (status === 400) return restError(badRequest(message))
  return type ? restError(new ServiceError(type, message, status)) : restFault(status, message)
}

/** What an app passes to `Amplify.configure` as `Interactions`; in the outputs there is no other place for it than `custom`. */
function outputsOf({ plan, url, region }: World): Record<string, unknown> {
  const bots = plan.local?.lex?.bots
  if (!bots) return {}
  const there = { region, endpoint: url }
  return {
    custom: {
      interactions: {
        LexV1: Object.fromEntries(bots.map(({ name }) => [name, { alias: ALIAS_V1, ...there }])),
        LexV2: Object.fromEntries(
          bots.map(({ id, name, localeId }) => [name, { botId: id, aliasId: ALIAS, localeId, ...there }]),
        ),
      },
    },
  }
}
