import { fetchUserAttributes } from 'backline/auth/server'

export const load = async ({ locals }) => ({
  email: await fetchUserAttributes(locals.amplify).then(
    ({ email }) => email,
    () => 'nobody',
  ),
})
