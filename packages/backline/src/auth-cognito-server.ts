// `aws-amplify/auth/cognito/server`
export { fetchUserAttributes, getCurrentUser } from '@backline/auth/server'
