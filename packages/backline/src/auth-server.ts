// `aws-amplify/auth/server`
export { fetchAuthSession, fetchUserAttributes, getCurrentUser } from '@backline/auth/server'
