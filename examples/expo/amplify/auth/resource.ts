import { defineAuth } from 'backline/backend'

export const auth = defineAuth({ loginWith: { email: true } })
