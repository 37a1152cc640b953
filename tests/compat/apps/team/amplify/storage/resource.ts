import { defineStorage } from '@aws-amplify/backend';
export const avatars = defineStorage({
  name: 'amplifyTeamDrive',
  isDefault: true,
  access: (allow) => ({
    'profile-pictures/{entity_id}/*': [allow.guest.to(['read']), allow.entity('identity').to(['read', 'write', 'delete'])],
    'picture-submissions/*': [allow.authenticated.to(['read', 'write']), allow.guest.to(['read', 'write'])],
    'admin/*': [allow.groups(['ADMINS']).to(['read', 'write', 'delete'])],
  }),
});
export const reports = defineStorage({
  name: 'reports',
  access: (allow) => ({ 'shared/*': [allow.authenticated.to(['get', 'list', 'write'])] }),
});
