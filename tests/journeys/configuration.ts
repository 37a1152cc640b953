import { Amplify, createAmplifyContext } from 'backline'
import { getCurrentUser, signIn, signUp } from 'backline/auth'
import { generateClient } from 'backline/data'
import { list } from 'backline/storage'
import { parseAmplifyConfig } from 'backline/utils'
import { equal, ok, rejects } from './asserts.js'
import type { Schema } from './backend.js'
import type { Journey } from './stage.js'

/** `configure` must refuse this at once, in words that name the key, and leave what was configured before in place. */
async function refused(config: object, key: string) {
  const before = Amplify.getConfig()
  const error = await rejects(
    (async () => Amplify.configure(config as Parameters<typeof Amplify.configure>[0]))(),
    'InvalidConfigurationException',
  )
  if (!error.message.includes(key)) throw new Error(`The message does not name ${key}: ${error.message}`)
  if (Amplify.getConfig() !== before) throw new Error(`A refused configuration was taken over (${key}).`)
}

export const configuration: Journey = {
  name: 'a configuration that is missing, partial or wrong says which key it is about',
  async play({ outputs, newcomer, arrive }) {
    const person = newcomer('ada')
    const empty = createAmplifyContext({})
    const missing = await rejects(signIn(person, empty), 'AuthUserPoolException')
    ok(missing.message.includes('userPoolId'), `the message names what is missing: ${missing.message}`)
    const noBucket = await rejects(list({ path: 'a/' }, empty), 'NoBucket')
    ok(noBucket.message.includes('Storage'), `the message names what is missing: ${noBucket.message}`)

    Amplify.configure({})
    await refused({ ...outputs, version: '7' }, 'version')
    await refused({ ...outputs, auht: {} }, 'auht')
    const { data, storage, auth } = outputs as unknown as Record<string, Record<string, unknown>>
    await refused({ ...outputs, data: { ...data, url: undefined } }, 'data.url')
    await refused({ ...outputs, storage: { ...storage, bucket_name: 7 } }, 'storage.bucket_name')
    await refused(
      { ...outputs, auth: { ...auth, user_pool_client_id: undefined } },
      'auth.user_pool_client_id',
    )
    await refused({ auth: { user_pool_id: 'us-east-1_x' } }, 'version')
    await refused('amplify_outputs.json' as never, '')

    // A client may be made first; the configuration counts when it is used.
    const client = generateClient<Schema>({ authMode: 'apiKey' })
    Amplify.configure({ ...outputs, storage: undefined, data: undefined })
    const withoutData = await rejects((async () => client.models.Post.list())(), 'NoEndpoint')
    ok(withoutData.message.includes('data'), 'the message names the section')
    const withoutStorage = await rejects(list({ path: 'shared/' }), 'NoBucket')
    ok(withoutStorage.message.includes('Storage'), 'the message names the section')

    const wrongKey = createAmplifyContext({ ...outputs, data: { ...data, api_key: 'da2-wrong' } })
    const answer = await generateClient<Schema>({ authMode: 'apiKey' }, wrongKey).models.Post.list()
    ok(answer.errors?.[0]?.message, 'a wrong API key is an error, not an empty table')

    // Two configurations, one after the other: the later one counts, and nobody stays signed in to the former.
    Amplify.configure(outputs)
    await arrive('grace')
    Amplify.configure({ ...outputs, auth: { ...auth, user_pool_client_id: 'another-client' } })
    await rejects(getCurrentUser(), 'UserUnAuthenticatedException')
    await rejects(signUp(person), 'ResourceNotFoundException')
    Amplify.configure(outputs)
    equal((await getCurrentUser()).signInDetails?.loginId, 'grace@example.com', 'who is there again')
    equal((await client.models.Post.list()).data, [], 'what the client of the beginning reads')

    // The library's own form, spread and changed, is a configuration too.
    const parsed = parseAmplifyConfig(outputs)
    Amplify.configure({ ...Amplify.getConfig(), Storage: parsed.Storage })
    equal((await list({ path: 'shared/' })).items, [], 'the list, configured by a spread')
  },
}
