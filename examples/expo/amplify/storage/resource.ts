import { defineStorage } from 'backline/backend'

export const storage = defineStorage({
  name: 'files',
  access: (allow) => ({
    'pictures/{entity_id}/*': [allow.entity('identity').to(['read', 'write', 'delete'])],
  }),
})
