// `aws-amplify/analytics/pinpoint`
export * from '@backline/analytics/pinpoint'
