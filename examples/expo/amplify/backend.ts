import { defineBackend } from 'backline/backend'
import { auth } from './auth/resource'
import { data } from './data/resource'
import { storage } from './storage/resource'

export const backend = defineBackend({ auth, data, storage })
