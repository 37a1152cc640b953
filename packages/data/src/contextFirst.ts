import { type Context, currentContext } from '@backline/core/unsigned'
import { DataError } from './errors.js'

const isContext = (value: unknown): value is Context =>
  typeof value === 'object' && value !== null && 'platform' in value && 'config' in value

/**
 * What a public function was given, with the context last and optional, as ours have it, or first, as `aws-amplify` has it. Without one
 * it is looked up when it is asked for.
 */
export function contextOf<Given extends unknown[]>(
  args: readonly unknown[],
): [ctx: () => Context, ...given: Given] {
  const at = args.findIndex(isContext)
  const ctx = args[at] as Context | undefined
  return [() => ctx ?? currentContext(), ...(args.filter((_, index) => index !== at) as Given)]
}

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
