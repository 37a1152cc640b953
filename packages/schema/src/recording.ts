/** One thing an `amplify/backend.ts` did to a CDK construct. */
export interface Recording {
  /** Such as `auth.resources.cfnResources.cfnUserPool.policies`. */
  path: string
  /** A property was set to this, */
  value?: unknown
  /** or a method was called with these. */
  args?: unknown[]
}

/**
 * A value that answers to every property and every call with another such value, and writes down what was set and called.
 * It stands where AWS CDK would stand, so that a `backend.ts` runs without CDK and what it meant can be read afterwards.
 */
// biome-ignore lint/suspicious/noExplicitAny: it stands for any construct.
export function record(path: string, recordings: Recording[], known: object = {}): any {
  const children = new Map<string, unknown>(
    Object.entries(known).filter(([, value]) => typeof value === 'string'),
  )
  return new Proxy(function construct() {}, {
    get(_, key) {
      if (key === Symbol.toPrimitive || key === 'toString' || key === 'toJSON') return () => `\${${path}}`
      if (key === 'then' || typeof key === 'symbol') return undefined
      if (!children.has(key)) children.set(key, record(`${path}.${key}`, recordings))
      return children.get(key)
    },
    set(_, key, value) {
      recordings.push({ path: `${path}.${String(key)}`, value })
      children.set(String(key), value)
      return true
    },
    apply(_, __, args) {
      recordings.push({ path, args })
      return record(`${path}()`, recordings)
    },
    construct(_, args) {
      recordings.push({ path: `new ${path}`, args })
      // `new CfnMap(stack, 'Map', { mapName: 'city' }).mapName` is the name that was given.
      return record(path, recordings, args[2])
    },
  })
}
