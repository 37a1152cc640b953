// `@aws-amplify/adapter-nextjs/data` and `@aws-amplify/adapter-nextjs/api`
export * from '@backline/ssr/nextData'
