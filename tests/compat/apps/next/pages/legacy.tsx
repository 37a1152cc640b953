import { getCurrentUser } from 'aws-amplify/auth/server';
import type { GetServerSideProps } from 'next';
import { reqResBasedClient, runWithAmplifyServerContext } from '@/utils/server-utils';

interface Props {
  loginId: string;
  todos: (string | null | undefined)[];
}

export const getServerSideProps: GetServerSideProps<Props> = async ({ req, res }) =>
  runWithAmplifyServerContext({
    nextServerContext: { request: req, response: res },
    operation: async (contextSpec) => {
      const user = await getCurrentUser(contextSpec);
      const { data: todos } = await reqResBasedClient.models.Todo.list(contextSpec);
      return {
        props: { loginId: user.signInDetails?.loginId ?? '', todos: todos?.map((todo) => todo.content) ?? [] },
      };
    },
  });

export default function Legacy({ loginId, todos }: Props) {
  return (
    <p>
      Pages Router: {loginId}, {todos.join(', ')}
    </p>
  );
}
