import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAmplifyContext } from '@backline/core'
import type { Context } from '@backline/core/internal'

// A user pool that answers as it is told, over real HTTP: for what a well-behaved pool never says.

/** Thrown by a script: the service refuses. */
export class Refusal {
  type: string
  message: string
  status: number

  constructor(type: string, message: string = type, status = 400) {
    this.type = type
    this.message = message
    this.status = status
  }
}

export type Script = Record<string, (input: any) => unknown>

export interface ScriptedPool {
  url: string
  /** Everything that was sent, in order. */
  heard: { operation: string; input: Record<string, never>; body: string }[]
  operations(): string[]
  /** May be changed while the pool runs. */
  script: Script
  context(options?: Parameters<typeof createAmplifyContext>[1]): Context
  close(): Promise<void>
}

export async function scriptedPool(script: Script): Promise<ScriptedPool> {
  const heard: ScriptedPool['heard'] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const operation = `${request.headers['x-amz-target']}`.replace('AWSCognitoIdentityProviderService.', '')
    const input = JSON.parse(body)
    heard.push({ operation, input, body })
    let status = 200
    let answer: unknown
    try {
      const act = pool.script[operation]
      if (!act) throw new Refusal('InvalidAction', `The script does not know ${operation}.`)
      answer = await act(input)
    } catch (refusal) {
      const { type, message, status: code } = refusal as Refusal
      status = code ?? 500
      answer = { __type: type, message }
    }
    response
      .writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
      .end(JSON.stringify(answer ?? {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const pool: ScriptedPool = {
    url,
    heard,
    operations: () => heard.map(({ operation }) => operation),
    script,
    context: (options) =>
      createAmplifyContext(
        {
          Auth: {
            Cognito: { userPoolId: 'us-east-1_AbCdEfGh1', userPoolClientId: 'client', userPoolEndpoint: url },
          },
        },
        options,
      ),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return pool
}

/** Tokens of a user, unsigned: clients do not check them. */
export function tokensOf(sub: string, claims: Record<string, unknown> = {}) {
  const now = Math.floor(Date.now() / 1000)
  const common = { sub, origin_jti: 'origin', iat: now, exp: now + 3600, ...claims }
  return {
    AccessToken: jwt({ ...common, username: sub, token_use: 'access' }),
    IdToken: jwt({ ...common, 'cognito:username': sub, token_use: 'id' }),
    RefreshToken: `refresh-${sub}`,
    ExpiresIn: 3600,
    TokenType: 'Bearer',
  }
}

function jwt(payload: object): string {
  return [{ alg: 'none' }, payload, 'signature']
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
}
