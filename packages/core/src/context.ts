import { HubClass } from './events.js'
import type { Platform } from './platform.js'
import type { LibraryOptions, ResourcesConfig } from './resourcesConfig.js'
import { web } from './web.js'

/** Everything from outside, in one value: configuration, options, platform, events, and the state of each part. */
export interface Context {
  /** The normalised configuration. Read it through an accessor that names what is missing. */
  config: ResourcesConfig
  options: LibraryOptions
  platform: Platform
  /** What this device does otherwise than the web. The app's own context has it, for all. */
  device?: Partial<Platform>
  readonly events: HubClass
  /** State by name, so that two copies of a package in one program share it. See {@link perContext}. */
  readonly state: Map<string, unknown>
}

export function newContext(
  config: ResourcesConfig,
  options: LibraryOptions,
  platform: Platform = web,
): Context {
  return make(config, options, platform)
}

function make(config: ResourcesConfig, options: LibraryOptions, platform?: Platform): Context {
  return { config, options, platform: platform!, events: new HubClass(), state: new Map() }
}

/** The same context but for these: state and events are shared. A spread would lose parts that are made when they are asked for. */
export function changedContext(ctx: Context, changes: Partial<Context>): Context {
  const { config, options, platform, events, state } = ctx
  return { config, options, platform, events, state, ...changes }
}

const slot = /* @__PURE__ */ Symbol.for('backline.context')

/**
 * The app's context for what needs no platform yet: configuring and listening. So an app that does nothing else carries none.
 * ESM, CommonJS and duplicate installs all find the same one.
 */
export function appContext(): Omit<Context, 'platform'> & { platform?: Platform } {
  const home = globalThis as { [slot]?: Context }
  return (home[slot] ??= make({}, {}))
}

/** Says what this device does otherwise than the web, for every context from now on; a default gives way to what was said already. */
export function setDevicePlatform(device: Partial<Platform>, isDefault = false): void {
  const ctx = appContext()
  if (isDefault && ctx.device) return
  ctx.device = device
  // Made anew with it by whoever needs it next.
  ctx.platform = undefined
}

/** The context that `Amplify.configure` fills, ready for use. */
export function currentContext(): Context {
  const ctx = appContext()
  const { platform, store } = ctx.options
  ctx.platform ??= { ...web, ...ctx.device, ...platform, ...(store && { store }) }
  return ctx as Context
}

/** State that belongs to a context: made on first use, found again by its name. */
export function perContext<T>(name: string, create: (ctx: Context) => T): (ctx: Context) => T {
  return (ctx) => {
    if (!ctx.state.has(name)) ctx.state.set(name, create(ctx))
    return ctx.state.get(name) as T
  }
}

/** Work that is under way, if any. */
export interface Shared<T> {
  running?: { key: unknown; result: Promise<T> }
}

/** Starts the work, or joins it where it is under way for the same key. */
export function joined<T>(shared: Shared<T>, key: unknown, work: () => Promise<T>): Promise<T> {
  if (shared.running?.key !== key) {
    const running = {
      key,
      result: work().finally(() => {
        if (shared.running === running) shared.running = undefined
      }),
    }
    shared.running = running
  }
  return shared.running!.result
}
