import { defineStorage } from 'backline/backend'

export const storage = defineStorage({
  name: 'files',
  access: (allow) => ({ 'files/*': [allow.authenticated.to(['read', 'write', 'delete'])] }),
})
