// `aws-amplify/storage/server` and `aws-amplify/storage/s3/server`
export * from '@backline/storage/server'
