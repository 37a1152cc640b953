import { defineAuth } from '@aws-amplify/backend';
export const auth = defineAuth({
  loginWith: {
    email: true,
    externalProviders: {
      callbackUrls: [`${process.env.APP_ORIGIN}/api/auth/sign-in-callback`],
      logoutUrls: [`${process.env.APP_ORIGIN}/api/auth/sign-out-callback`],
    },
  },
});
