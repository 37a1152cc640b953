export * from '@backline/ssr/sveltekit'
