// `aws-amplify/storage` and `aws-amplify/storage/s3`
export * from '@backline/storage'
