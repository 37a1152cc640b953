import type { NextApiRequest, NextApiResponse } from 'next';
import { reqResBasedClient, runWithAmplifyServerContext } from '@/utils/server-utils';

export default async function handler(request: NextApiRequest, response: NextApiResponse) {
  const { data, errors } = await runWithAmplifyServerContext({
    nextServerContext: { request, response },
    operation: (contextSpec) => reqResBasedClient.models.Todo.list(contextSpec),
  });
  response.status(errors ? 401 : 200).json({ todos: data?.map(({ content }) => content) ?? [] });
}
