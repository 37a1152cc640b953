// `aws-amplify/analytics`
export * from '@backline/analytics'
