export * from '@backline/storage/react'
