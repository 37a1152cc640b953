import { createHmac, randomBytes } from 'node:crypto'
import { type Input, ServiceError } from '../awsJson.js'
import { invalidParameter, notAuthorized, optionalText, text, texts } from '../input.js'
import type { AuthPlan } from '../plan.js'
import { paged } from './adminGroups.js'
import { same } from './passwordFactor.js'
import { authPlan, type MadeClient, type Pool, randomName, setInPool } from './pool.js'

// App clients made over the wire, beside the definition's own. An operation works on the pool as its client sees it.
// https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-client-apps.html

const UNITS: Record<string, number> = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 }
const LIFETIMES = [
  ['accessToken', 'hours'],
  ['idToken', 'hours'],
  ['refreshToken', 'days'],
] as const
/** What a client may do where nobody has said. */
const USUAL_FLOWS = ['ALLOW_REFRESH_TOKEN_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_CUSTOM_AUTH']

/** The pool as this client sees it; undefined where it is not the pool's. */
export function asClient(pool: Pool, clientId: string | undefined): Pool | undefined {
  if (clientId === pool.clientId) return pool
  const row = pool.world.store.get<{ data: string }>('SELECT data FROM clients WHERE id = ?', clientId ?? '')
  if (!row) return undefined
  const client = JSON.parse(row.data) as MadeClient
  // Rotation is a client's own: that of the definition's does not shine through.
  const settings = { refreshRotation: undefined, ...client.settings }
  return { ...pool, clientId: client.id, client: { ...client, settings } }
}

export const clientOperations = (pool: Pool): Record<string, (input: Input) => object> => {
  const { store, clock } = pool.world
  const save = (client: MadeClient) =>
    store.run('INSERT OR REPLACE INTO clients VALUES (?, ?)', client.id, JSON.stringify(client))
  return {
    CreateUserPoolClient(input) {
      const client: MadeClient = {
        id: randomName(26, 'abcdefghijklmnopqrstuvwxyz0123456789'),
        name: text(input, 'ClientName'),
        ...(input.GenerateSecret === true ? { secret: randomBytes(39).toString('base64url') } : {}),
        flows: flowsIn(input) ?? USUAL_FLOWS,
        settings: {
          accessTokenSeconds: 3600,
          idTokenSeconds: 3600,
          refreshTokenSeconds: 30 * 86_400,
          ...clientSettings(pool, input),
        },
        createdAt: clock.now(),
        modifiedAt: clock.now(),
      }
      save(client)
      return { UserPoolClient: describedClient(asClient(pool, client.id)!) }
    },

    DescribeUserPoolClient: (input) => ({ UserPoolClient: describedClient(known(pool, input)) }),

    UpdateUserPoolClient(input) {
      const view = known(pool, input)
      const settings = clientSettings(view, input)
      const { client } = view
      if (client) {
        const name = optionalText(input, 'ClientName') ?? client.name
        const flows = flowsIn(input) ?? client.flows
        save({
          ...client,
          name,
          flows,
          settings: { ...client.settings, ...settings },
          modifiedAt: clock.now(),
        })
      } else {
        for (const [name, value] of Object.entries(settings))
          setInPool(pool, name as keyof AuthPlan, (value as never) ?? null)
      }
      return { UserPoolClient: describedClient(known(pool, input)) }
    },

    DeleteUserPoolClient(input) {
      const { client } = known(pool, input)
      if (!client)
        throw invalidParameter('The client of the definition cannot be deleted while the sandbox serves it.')
      store.transaction(() => {
        store.run('DELETE FROM clients WHERE id = ?', client.id)
        store.run('DELETE FROM refresh_tokens WHERE client = ?', client.id)
      })
      return {}
    },

    ListUserPoolClients(input) {
      const made = store
        .all<{ data: string }>('SELECT data FROM clients ORDER BY rowid')
        .map(({ data }) => JSON.parse(data) as MadeClient)
      const all = [...(pool.made ? [] : [{ id: pool.clientId, name: CLIENT_NAME }]), ...made]
      const { page, next } = paged({ ...input, Limit: input.MaxResults }, 'NextToken', all, ({ id }) => id)
      return {
        UserPoolClients: page.map(({ id, name }) => ({
          ClientId: id,
          ClientName: name,
          UserPoolId: pool.id,
        })),
        ...(next ? { NextToken: next } : {}),
      }
    },
  }
}

function known(pool: Pool, input: Input): Pool {
  const id = text(input, 'ClientId')
  // A pool that was made has no client of its own, though it has a name for one.
  const view = pool.made && id === pool.clientId && !pool.client ? undefined : asClient(pool, id)
  if (!view) throw new ServiceError('ResourceNotFoundException', `User pool client ${id} does not exist.`)
  return view
}

/** @throws {ServiceError} `ResourceNotFoundException` for any app client but the one that is looked through; `NotAuthorizedException` where its secret is not shown. */
export function checkClient(pool: Pool, input: Input): void {
  authPlan(pool)
  const clientId = text(input, 'ClientId')
  if (clientId !== pool.clientId || (pool.made && !pool.client)) {
    throw new ServiceError('ResourceNotFoundException', `User pool client ${clientId} does not exist.`)
  }
  checkSecret(pool, input)
}

/** @throws {ServiceError} `InvalidParameterException` where this client was not given the flow. */
export function checkFlow({ client }: Pool, flow: string): void {
  if (!client) return
  const name =
    flow === 'REFRESH_TOKEN' ? 'REFRESH_TOKEN_AUTH' : flow.replace('ADMIN_NO_SRP', 'ADMIN_USER_PASSWORD')
  if (!client.flows.includes(`ALLOW_${name}`))
    throw invalidParameter(`${flow} flow not enabled for this client`)
}

/**
 * Does who calls know the client's secret? https://docs.aws.amazon.com/cognito/latest/developerguide/signing-up-users-in-your-app.html#cognito-user-pools-computing-secret-hash
 *
 * @throws {ServiceError} `NotAuthorizedException`
 */
function checkSecret({ client }: Pool, input: Input): void {
  if (!client?.secret) return
  const given = { ...texts(input, 'AuthParameters'), ...texts(input, 'ChallengeResponses') }
  const plain = optionalText(input, 'ClientSecret')
  if (plain !== undefined) {
    if (!same(plain, client.secret)) throw notAuthorized(`Invalid client secret for client: ${client.id}`)
    return
  }
  const hash = optionalText(input, 'SecretHash') ?? given.SECRET_HASH
  // A refresh token names its user by itself: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_InitiateAuth.html
  const username = optionalText(input, 'Username') ?? given.USERNAME
  if (hash === undefined || (username === undefined && given.REFRESH_TOKEN === undefined))
    throw notAuthorized(`Client ${client.id} is configured with secret but SECRET_HASH was not received`)
  if (username !== undefined && !same(hash, secretHash(client.secret, `${username}${client.id}`)))
    throw notAuthorized(`SecretHash does not match for the client: ${client.id}`)
}

/** The same for a refresh token, whose user is known only now. */
export function checkSecretOf({ client }: Pool, usernames: string[], given: string | undefined): void {
  if (!client?.secret) return
  const { id, secret } = client
  if (!usernames.some((name) => same(given ?? '', secretHash(secret, `${name}${id}`))))
    throw notAuthorized(`SecretHash does not match for the client: ${id}`)
}

const secretHash = (secret: string, text: string) =>
  createHmac('sha256', secret).update(text).digest('base64')

function flowsIn(input: Input): string[] | undefined {
  const flows = input.ExplicitAuthFlows
  return Array.isArray(flows) && flows.length > 0 ? flows.map(String) : undefined
}

/** What of a client's settings is said here: lifetimes, rotation, where the hosted pages may send people. */
function clientSettings(pool: Pool, input: Input): Partial<AuthPlan> {
  const units = texts(input, 'TokenValidityUnits')
  const settings: Partial<AuthPlan> = {}
  for (const [token, usual] of LIFETIMES) {
    const name = `${token.charAt(0).toUpperCase()}${token.slice(1)}`
    const [amount, unit] = [input[`${name}Validity`], UNITS[units[name] ?? usual]]
    if (amount === undefined || amount === null) continue
    if (typeof amount !== 'number' || !(amount > 0) || !unit)
      throw invalidParameter(`Invalid ${name}Validity.`)
    settings[`${token}Seconds`] = amount * unit
  }
  const rotation = input.RefreshTokenRotation as Input | undefined
  if (rotation) {
    const graceSeconds = Number(rotation.RetryGracePeriodSeconds ?? 0)
    settings.refreshRotation = rotation.Feature === 'ENABLED' ? { graceSeconds } : undefined
  }
  const { oauth } = authPlan(pool)
  const list = (name: string) =>
    Array.isArray(input[name]) ? (input[name] as unknown[]).map(String) : undefined
  const [callbackUrls, logoutUrls, scopes] = ['CallbackURLs', 'LogoutURLs', 'AllowedOAuthScopes'].map(list)
  if (oauth && (callbackUrls || logoutUrls || scopes)) {
    settings.oauth = {
      ...oauth,
      callbackUrls: callbackUrls ?? oauth.callbackUrls,
      logoutUrls: logoutUrls ?? oauth.logoutUrls,
      scopes: scopes ?? oauth.scopes,
    }
  }
  return settings
}

const CLIENT_NAME = 'amplify-sandbox-client'

function describedClient(pool: Pool) {
  const { accessTokenSeconds, idTokenSeconds, refreshTokenSeconds, refreshRotation, oauth } = authPlan(pool)
  const { client } = pool
  return {
    UserPoolId: pool.id,
    ClientName: client?.name ?? CLIENT_NAME,
    ClientId: pool.clientId,
    ...(client?.secret ? { ClientSecret: client.secret } : {}),
    ...(client ? { CreationDate: client.createdAt / 1000, LastModifiedDate: client.modifiedAt / 1000 } : {}),
    ...(client ? { ExplicitAuthFlows: client.flows } : {}),
    AccessTokenValidity: accessTokenSeconds,
    IdTokenValidity: idTokenSeconds,
    RefreshTokenValidity: refreshTokenSeconds,
    TokenValidityUnits: { AccessToken: 'seconds', IdToken: 'seconds', RefreshToken: 'seconds' },
    RefreshTokenRotation: refreshRotation
      ? { Feature: 'ENABLED', RetryGracePeriodSeconds: refreshRotation.graceSeconds }
      : { Feature: 'DISABLED' },
    PreventUserExistenceErrors: 'ENABLED',
    EnableTokenRevocation: true,
    ...(oauth
      ? {
          AllowedOAuthFlows: ['code', 'implicit'],
          AllowedOAuthScopes: oauth.scopes,
          CallbackURLs: oauth.callbackUrls,
          LogoutURLs: oauth.logoutUrls,
          SupportedIdentityProviders: ['COGNITO', ...oauth.providers],
        }
      : {}),
  }
}
