export * from '@backline/ssr/node'
