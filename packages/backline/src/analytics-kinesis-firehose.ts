// `aws-amplify/analytics/kinesis-firehose`
export * from '@backline/analytics/firehose'
