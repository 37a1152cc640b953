// `aws-amplify/analytics/personalize`
export * from '@backline/analytics/personalize'
