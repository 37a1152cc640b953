export * from '@backline/storage/queue'
