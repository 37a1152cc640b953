// `aws-amplify/auth/cognito`
export * from '@backline/auth'
