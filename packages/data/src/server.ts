// `aws-amplify/data/server`: the functions of data with the context first, as code on servers that hold one per request has them.

import type { Context } from '@backline/core/unsigned'
import { requestContext } from './requestContext.js'
import * as rest from './rest.js'

export { isCancelError } from './errors.js'
export {
  createServerClient as generateClient,
  type ServerClient,
  type ServerClientOptions,
} from './serverClient.js'

export function get(contextSpec: Context, input: rest.RestInput): rest.RestOperation {
  return rest.get(input, requestContext(contextSpec))
}

export function post(contextSpec: Context, input: rest.RestInput): rest.RestOperation {
  return rest.post(input, requestContext(contextSpec))
}

export function put(contextSpec: Context, input: rest.RestInput): rest.RestOperation {
  return rest.put(input, requestContext(contextSpec))
}

export function patch(contextSpec: Context, input: rest.RestInput): rest.RestOperation {
  return rest.patch(input, requestContext(contextSpec))
}

export function del(contextSpec: Context, input: rest.RestInput): rest.RestOperation {
  return rest.del(input, requestContext(contextSpec))
}

export function head(contextSpec: Context, input: rest.HeadInput): rest.HeadOperation {
  return rest.head(input, requestContext(contextSpec))
}
