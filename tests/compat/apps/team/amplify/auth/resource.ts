import { defineAuth } from '@aws-amplify/backend';
export const auth = defineAuth({
  loginWith: {
    email: {
      verificationEmailStyle: 'CODE',
      verificationEmailSubject: 'Welcome to my app!',
      verificationEmailBody: (createCode) => `Use this code to confirm your account: ${createCode()}`,
      userInvitation: {
        emailSubject: 'Welcome!',
        emailBody: (user, code) => `We're happy to have you! You can now login with username ${user()} and temporary password ${code()}`,
      },
    },
  },
  userAttributes: {
    preferredUsername: { mutable: true, required: false },
    birthdate: { mutable: true, required: false },
    'custom:display_name': { dataType: 'String', mutable: true, maxLen: 16, minLen: 1 },
    'custom:favorite_number': { dataType: 'Number', mutable: true, min: 1, max: 100 },
    'custom:is_beta_user': { dataType: 'Boolean', mutable: true },
    'custom:started_free_trial': { dataType: 'DateTime', mutable: true },
  },
  groups: ['ADMINS', 'EDITORS'],
  multifactor: { mode: 'OPTIONAL', sms: true, totp: true },
  accountRecovery: 'EMAIL_ONLY',
});
