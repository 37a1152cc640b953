import { type Context, currentContext } from '@backline/core/unsigned'

export const isContext = (value: unknown): value is Context =>
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
