// `aws-amplify/auth`
export * from '@backline/auth'
