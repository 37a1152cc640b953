export * from '@backline/ssr/hono'
