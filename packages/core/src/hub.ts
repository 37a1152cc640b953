import { appContext } from './context.js'
import type { HubClass } from './events.js'

/** The events of the app's own context; see {@link HubClass}. Works before `Amplify.configure` and outlives a second one. */
export const Hub: Pick<HubClass, 'listen' | 'dispatch'> = {
  listen: (...args: Parameters<HubClass['listen']>) => appContext().events.listen(...args),
  dispatch: (...args: Parameters<HubClass['dispatch']>) => appContext().events.dispatch(...args),
}
