export * from '@backline/data/react'
