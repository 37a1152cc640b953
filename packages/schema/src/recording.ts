/** One thing an `amplify/backend.ts` did to a CDK construct. */
export interface Recording {
  /** Such as `auth.resources.cfnResources.cfnUserPool.policies`. */
  path: string
  /** A property was set to this, */
  value?: unknown
  /** or a method or constructor was called with these. */
  args?: unknown[]
  /** What the call gave goes on under this path. */
  made?: string
}

const PATH = Symbol.for('backline.recorded')

/** The path of a recorded value; undefined for anything else. */
export function recordedPath(value: unknown): string | undefined {
  return typeof value === 'function' ? (value as { [PATH]?: string })[PATH] : undefined
}

/**
 * A value that answers to every property and every call with another such value, and writes down what was set and called.
 * It stands where AWS CDK would stand, so that a `backend.ts` runs without CDK and what it meant can be read afterwards.
 * As text it is its path in `${…}`.
 */
export function record(
  path: string,
  recordings: Recording[],
  known: object = {},
  prototype: object | null = null,
  // biome-ignore lint/suspicious/noExplicitAny: it stands for any construct.
): any {
  const children = new Map<string, unknown>(
    Object.entries(known).filter(([, value]) => typeof value === 'string'),
  )
  /** Every call gives something of its own: two APIs of one class are two. */
  const write = (what: string, args: unknown[], shown: string) => {
    const made = `${shown}#${recordings.length + 1}`
    recordings.push({ path: what, args, made })
    return made
  }
  const recorder: unknown = new Proxy(function construct() {}, {
    get(_, key, receiver) {
      if (key === PATH) return path
      if (key === Symbol.toPrimitive || key === 'toString' || key === 'toJSON') return () => `\${${path}}`
      if (key === 'then' || typeof key === 'symbol') return undefined
      // Methods of a class of the app that extends a construct.
      if (prototype && key !== 'constructor' && key in prototype && !children.has(key))
        return Reflect.get(prototype, key, receiver)
      if (!children.has(key)) children.set(key, record(`${path}.${key}`, recordings))
      return children.get(key)
    },
    set(_, key, value) {
      recordings.push({ path: `${path}.${String(key)}`, value })
      children.set(String(key), value)
      return true
    },
    apply: (_, __, args) => record(write(path, args, `${path}()`), recordings),
    construct(_, args, by) {
      const own = by === recorder ? null : (by.prototype as object)
      // `new CfnMap(stack, 'Map', { mapName: 'city' }).mapName` is the name that was given.
      return record(write(`new ${path}`, args, path), recordings, args[2] ?? {}, own)
    },
  })
  return recorder
}
