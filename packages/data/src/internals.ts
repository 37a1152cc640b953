// `aws-amplify/api/internals`: how adapters of frameworks make the clients that they hand out.

import type { Context } from '@backline/core/unsigned'
import { type Client, type ClientOptions, generateClient } from './client.js'
import {
  createAmbientClient,
  createServerClient,
  type ServerClient,
  type ServerClientOptions,
} from './serverClient.js'

export type CommonPublicClientOptions = ClientOptions
export type DefaultCommonClientOptions = Omit<ClientOptions, 'endpoint'>
export type V6ClientSSRCookies<Schema = never> = Client<Schema>
export type V6ClientSSRRequest<Schema = never> = ServerClient<Schema>

export interface AdapterClientOptions extends ServerClientOptions {
  /**
   * Whose context calls belong to: a context; a function that runs an operation with one; or `null`, and each call is given its own.
   */
  amplify: Context | ((operation: (ctx: Context) => Promise<unknown>) => Promise<unknown>) | null
}

/** A client for servers. With `amplify: null` its operations take the context of the request first. */
export function generateClientWithAmplifyInstance<
  Schema = never,
  ClientType extends V6ClientSSRRequest<Schema> | V6ClientSSRCookies<Schema> = V6ClientSSRCookies<Schema>,
>({ amplify, ...options }: AdapterClientOptions): ClientType {
  const client =
    typeof amplify === 'function'
      ? createAmbientClient<Schema>(options, amplify)
      : amplify
        ? generateClient<Schema>(options, amplify)
        : createServerClient<Schema>(options)
  return client as ClientType
}
