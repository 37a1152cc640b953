// `aws-amplify/adapter-core`
export * from '@backline/ssr/adapterCore'
