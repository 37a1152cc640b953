// `aws-amplify/data/server` and `aws-amplify/api/server`
export * from '@backline/data/server'
