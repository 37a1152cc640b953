export type { Platform } from '@backline/core'
