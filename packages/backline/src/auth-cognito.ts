// `aws-amplify/auth/cognito`
export * from '@backline/auth'
export * from '@backline/auth/adapters'
