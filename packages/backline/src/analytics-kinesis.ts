// `aws-amplify/analytics/kinesis`
export * from '@backline/analytics/kinesis'
