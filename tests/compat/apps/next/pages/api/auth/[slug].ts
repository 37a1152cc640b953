import { createServerRunner } from '@aws-amplify/adapter-nextjs';
import outputs from '@/amplify_outputs.json';

const { createAuthRouteHandlers } = createServerRunner({
  config: outputs,
  origin: process.env.APP_ORIGIN,
});

export default createAuthRouteHandlers({
  redirectOnSignInComplete: '/legacy',
  redirectOnSignOutComplete: '/login',
});
