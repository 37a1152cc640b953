// One chunk for everything that stays connected: loaded by the first subscription, never by an app that only reads and writes.
export { matches } from './match.js'
export { observe } from './observeQuery.js'
export { subscribe } from './realtime.js'
export { fieldsIn, subscriptionFilter, widened } from './subscriptionFilter.js'
