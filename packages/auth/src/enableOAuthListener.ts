import { currentContext, Hub } from '@backline/core/internal'
import { completeRedirect } from './redirectSignIn.js'

// The one module that does something when it is imported: what v6 promises of it. Wherever there is no page it comes to nothing.

const complete = () => void completeRedirect(currentContext())

Hub.listen('core', ({ payload }) => {
  if (payload.event === 'configure') complete()
})
// The app may have been configured before this was loaded.
complete()
