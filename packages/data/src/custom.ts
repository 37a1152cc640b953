// One chunk for operations that models do not have, and for conversations: loaded by the first of them.
export { createConversations } from './conversations.js'
export { callOperation, observeOperation } from './customOperations.js'
