import type { Plugin } from 'esbuild'

// Modules that functions import and that only a deployment would have.

/**
 * The client of a function: https://docs.amplify.aws/react/build-a-backend/data/customize-authz/grant-lambda-function-access-to-api/
 * The model introspection comes in the environment, where AWS has it in a bucket.
 */
const RUNTIME = `export async function getAmplifyDataClientConfig(env = process.env) {
  const endpoint = env.AMPLIFY_DATA_GRAPHQL_ENDPOINT
  if (!endpoint) throw new Error('This backend has no defineData.')
  const credentials = {
    accessKeyId: env.AWS_ACCESS_KEY_ID,
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
    sessionToken: env.AWS_SESSION_TOKEN,
  }
  return {
    resourceConfig: {
      API: {
        GraphQL: {
          endpoint,
          region: env.AWS_REGION,
          defaultAuthMode: 'iam',
          modelIntrospection: JSON.parse(env.AMPLIFY_DATA_MODEL_INTROSPECTION),
        },
      },
    },
    libraryOptions: {
      Auth: {
        credentialsProvider: {
          getCredentialsAndIdentityId: async () => ({ credentials }),
          clearCredentialsAndIdentityId() {},
        },
      },
    },
  }
}
`

export const functionModules: Plugin = {
  name: 'amplify',
  setup({ onResolve, onLoad }) {
    // `import { env } from '$amplify/env/say-hello'`: https://docs.amplify.aws/react/build-a-backend/functions/environment-variables-and-secrets/
    onResolve({ filter: /^\$amplify\/env\// }, ({ path }) => ({ path, namespace: 'amplify-env' }))
    onLoad({ filter: /.*/, namespace: 'amplify-env' }, () => ({ contents: 'export const env = process.env' }))
    onResolve(
      { filter: /^(@aws-amplify|aws-amplify|backline)\/backend\/function\/runtime$/ },
      ({ path }) => ({
        path,
        namespace: 'amplify-runtime',
      }),
    )
    onLoad({ filter: /.*/, namespace: 'amplify-runtime' }, () => ({ contents: RUNTIME }))
  },
}
