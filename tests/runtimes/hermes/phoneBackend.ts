import { defineAuth, defineBackend, defineLocal, defineStorage } from 'backline/backend'

/** What an app has that lives on phones alone: hosted pages that lead back into it, files and a stream. */
export const phoneBackend = defineBackend({
  auth: defineAuth({
    loginWith: {
      email: true,
      externalProviders: {
        google: { clientId: 'id', clientSecret: 'secret' },
        callbackUrls: ['https://app.example.com/', 'myapp://callback'],
        logoutUrls: ['myapp://callback'],
      },
    },
  }),
  storage: defineStorage({
    name: 'files',
    access: (allow) => ({ 'shared/*': [allow.authenticated.to(['read', 'write', 'delete'])] }),
  }),
  local: defineLocal({ kinesis: { streams: [{ name: 'clicks' }] } }),
})
