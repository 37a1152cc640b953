// One chunk for everything that stays connected: loaded by the first subscription or conversation, never by an app that only reads and
// writes. Conversations by themselves would be a chunk of less, at the price of two more that share.
export { createConversations } from './conversations.js'
export { matches } from './match.js'
export { observe } from './observeQuery.js'
export { subscribe } from './realtime.js'
export { fieldsIn, subscriptionFilter, widened } from './subscriptionFilter.js'
