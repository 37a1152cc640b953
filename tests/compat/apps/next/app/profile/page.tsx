import { fetchUserAttributes } from 'aws-amplify/auth/server';
import { cookies } from 'next/headers';
import { runWithAmplifyServerContext } from '@/utils/amplify-utils';

export const dynamic = 'force-dynamic';

export default async function Profile() {
  const attributes = await runWithAmplifyServerContext({
    nextServerContext: { cookies },
    operation: (contextSpec) => fetchUserAttributes(contextSpec),
  });
  return <p>E-mail: {attributes.email}</p>;
}
