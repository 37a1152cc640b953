import type { Context } from '@backline/core/unsigned'
import { isContext } from './contextFirst.js'
import { DataError } from './errors.js'

/** On a server a forgotten context would be the one that all requests share. */
export function requestContext(contextSpec: Context): Context {
  if (isContext(contextSpec)) return contextSpec
  throw new DataError(
    'InvalidServerContext',
    'On a server the first argument is the context of the request.',
    {
      recoverySuggestion: 'Pass what runWithAmplifyServerContext gives to its operation.',
    },
  )
}
