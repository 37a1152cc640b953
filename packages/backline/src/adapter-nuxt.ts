export * from '@backline/ssr/nuxt'
