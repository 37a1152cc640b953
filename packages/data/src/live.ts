// One chunk for everything that stays connected: loaded by the first subscription, never by an app that only reads and writes.
export { observe } from './observeQuery.js'
export { subscribe } from './realtime.js'
