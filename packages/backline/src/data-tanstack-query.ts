export * from '@backline/data/tanstack-query'
