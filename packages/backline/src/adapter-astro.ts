export * from '@backline/ssr/astro'
