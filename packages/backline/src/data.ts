// `aws-amplify/data` and `aws-amplify/api`
export * from '@backline/data'
