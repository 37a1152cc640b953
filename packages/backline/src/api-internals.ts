// `aws-amplify/api/internals`
export * from '@backline/data/internals'
