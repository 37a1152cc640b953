import { defineAuth } from 'backline/backend'

const origin = process.env.AMPLIFY_APP_ORIGIN ?? 'http://localhost:3000'

export const auth = defineAuth({
  loginWith: {
    email: true,
    externalProviders: {
      callbackUrls: [`${origin}/auth/sign-in-callback`],
      logoutUrls: [`${origin}/auth/sign-out-callback`],
    },
  },
})
