// The main job of an app, from sign-up to a shared link, against the sandbox that wrote `amplify_outputs.json`.
// Run by `npm run quickstart` at the root of the project.
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Amplify, createAmplifyContext } from 'backline'
import { confirmSignUp, getCurrentUser, signIn, signOut, signUp } from 'backline/auth'
import { generateClient } from 'backline/data'
import { downloadData, getUrl, list, uploadData } from 'backline/storage'
import type { Schema } from './amplify/data/resource.ts'
import { bar, step, table } from './progress.ts'

const outputs = JSON.parse(readFileSync(new URL('amplify_outputs.json', import.meta.url), 'utf8'))
Amplify.configure(outputs)

const password = `Quick-${randomBytes(6).toString('hex')}-1`
const ada = 'ada@example.com'
const grace = 'grace@example.com'

/** The mail that Cognito would have sent is in the sandbox's inbox. */
async function codeFor(to: string): Promise<string> {
  const response = await fetch(`${outputs.auth.user_pool_endpoint}/_backline/inbox/next`, {
    method: 'POST',
    body: JSON.stringify({ to }),
  })
  const { code } = (await response.json()) as { code: string }
  return code
}

await step('sign up, code from the inbox', async () => {
  const { nextStep } = await signUp({ username: ada, password, options: { userAttributes: { email: ada } } })
  if (nextStep.signUpStep !== 'CONFIRM_SIGN_UP') throw new Error(`Unexpected step ${nextStep.signUpStep}`)
  await confirmSignUp({ username: ada, confirmationCode: await codeFor(ada) })
})

await step('sign in with SRP', async () => {
  const { isSignedIn } = await signIn({ username: ada, password })
  if (!isSignedIn) throw new Error('Not signed in.')
  return (await getCurrentUser()).signInDetails?.loginId
})

const client = generateClient<Schema>()

await step('create and list typed todos', async () => {
  for (const content of ['Read the README', 'Change one dependency', 'Ship']) {
    const { errors } = await client.models.Todo.create({ content, priority: 'HIGH' })
    if (errors) throw new Error(errors[0]?.message)
  }
  const { data } = await client.models.Todo.list({ filter: { priority: { eq: 'HIGH' } } })
  return `${data.length} todos`
})

await step('receive one from a second user', async () => {
  const other = createAmplifyContext(outputs)
  await signUp({ username: grace, password, options: { userAttributes: { email: grace } } }, other)
  await confirmSignUp({ username: grace, confirmationCode: await codeFor(grace) }, other)
  await signIn({ username: grace, password }, other)

  const received = new Promise<string>((resolve, reject) => {
    const subscription = client.models.Todo.observeQuery().subscribe({
      next({ items, isSynced }) {
        const theirs = items.find(({ content }) => content.startsWith('From Grace'))
        if (theirs) {
          subscription.unsubscribe()
          resolve(theirs.content)
        } else if (isSynced) {
          generateClient<Schema>({}, other)
            .models.Todo.create({ content: 'From Grace, with love' })
            .catch(reject)
        }
      },
      error: reject,
    })
  })
  const content = await received
  await signOut(undefined, other)
  return `"${content}"`
})

const file = randomBytes(12 * 1024 * 1024)
const path = 'files/twelve-megabytes.bin'

await step('upload 12 MB', async () => {
  const show = bar()
  await uploadData({
    path,
    data: file,
    options: { contentType: 'application/octet-stream', onProgress: show },
  }).result
  show.end()
})

await step('list, download and compare', async () => {
  const { items } = await list({ path: 'files/' })
  if (!items.some((item) => item.path === path && item.size === file.length))
    throw new Error('The upload is not in the list.')
  const { body } = await downloadData({ path }).result
  const back = new Uint8Array(await (await body.blob()).arrayBuffer())
  const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
  if (hash(back) !== hash(file)) throw new Error('What came down is not what went up.')
  return `sha256 ${hash(back).slice(0, 12)}…`
})

await step('presigned URL, fetched without a session', async () => {
  const { url, expiresAt } = await getUrl({ path, options: { expiresIn: 300 } })
  const response = await fetch(url)
  const { byteLength } = await response.arrayBuffer()
  if (!response.ok || byteLength !== file.length)
    throw new Error(`The link answered ${response.status} with ${byteLength} bytes.`)
  return `good until ${expiresAt.toISOString().slice(11, 19)} UTC`
})

await step('sign out', () => signOut())
table()
