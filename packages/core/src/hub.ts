import { appContext } from './context.js'
import type { HubClass } from './events.js'

/** The events of the app's own context; see {@link HubClass}. Works before `Amplify.configure` and outlives a second one. */
export const Hub: Pick<HubClass, 'listen' | 'dispatch'> = {
  listen: (...args: [any, any, any?]) => appContext().events.listen(...args),
  dispatch: (...args: [any, any, any?]) => appContext().events.dispatch(...args),
}
