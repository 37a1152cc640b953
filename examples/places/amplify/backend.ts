import { defineBackend } from 'backline/backend'
import { auth } from './auth/resource'

export const backend = defineBackend({ auth })
