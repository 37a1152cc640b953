// `aws-amplify/adapter-core/internals`
export * from '@backline/ssr/adapterCoreInternals'
