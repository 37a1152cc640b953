import { defineBackend } from '@aws-amplify/backend';
import { auth } from './auth/resource';
import { data } from './data/resource';
import { avatars, reports } from './storage/resource';

const backend = defineBackend({ auth, data, avatars, reports });
// extract L1 CfnUserPool resources
const { cfnUserPool } = backend.auth.resources.cfnResources;
cfnUserPool.policies = {
  passwordPolicy: { minimumLength: 10, requireLowercase: true, requireNumbers: true, requireSymbols: false, requireUppercase: true, temporaryPasswordValidityDays: 20 },
};
backend.addOutput({ custom: { apiId: 'abc', flags: { beta: true } } });
