// `@aws-amplify/adapter-nextjs`
export * from '@backline/ssr/next'
