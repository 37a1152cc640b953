import { defineStorage } from 'backline/backend'

export const storage = defineStorage({
  name: 'files',
  access: (allow) => ({ 'shared/*': [allow.authenticated.to(['read', 'write', 'delete'])] }),
})
