import { Amplify } from 'aws-amplify'
import {
  confirmSignUp,
  fetchAuthSession,
  getCurrentUser,
  signIn,
  signOut,
  signUp,
} from 'aws-amplify/auth'
import { generateClient, type SelectionSet } from 'aws-amplify/data'
import { downloadData, getUrl, list, uploadData } from 'aws-amplify/storage'
import type { Schema } from '../amplify/data/resource'

// Plays the part of an app, start to end, and returns what it saw.

const selection = ['title', 'location.lat', 'comments.*', 'cover.url', 'where.*'] as const
type PostWithComments = SelectionSet<Schema['Post']['type'], typeof selection>

export async function play(outputs: Parameters<typeof Amplify.configure>[0], codeFor: (to: string) => Promise<string>) {
  Amplify.configure(outputs)
  const client = generateClient<Schema>()
  const open = generateClient<Schema>({ authMode: 'identityPool' })

  const enter = async (name: string) => {
    const username = `${name}@example.com`
    await signUp({ username, password: 'Password12', options: { userAttributes: { 'custom:display_name': name } } })
    await confirmSignUp({ username, confirmationCode: await codeFor(username) })
    const { isSignedIn } = await signIn({ username, password: 'Password12' })
    return isSignedIn
  }

  const entered = await enter('ada')
  const { userId } = await getCurrentUser()
  const { data: todo } = await client.models.Todo.create({ content: 'mine' })

  const { data: post } = await client.models.Post.create({
    title: 'Hello',
    status: 'draft',
    rating: 5,
    location: { lat: 1.5, long: 2 },
    where: { street: 'Main', number: 3 },
  })
  const postId = post?.id ?? ''
  await client.models.Comment.create({ text: 'first', postId })
  await client.models.Cover.create({ url: 'https://example.com/a.png', postId })
  const { data } = await client.models.Post.get({ id: postId }, { selectionSet: selection })
  const selected: PostWithComments | null = data
  const drafts = await client.models.Post.postsByStatus({ status: 'draft', rating: { gt: 1 } })
  const back = await (await post?.comments())?.data[0]?.post()

  const mine = await uploadData({
    path: ({ identityId }) => `profile-pictures/${identityId}/me.txt`,
    data: 'it is me',
  }).result
  await uploadData({ path: 'shared/report.txt', data: 'report', options: { bucket: 'reports' } }).result
  const { url } = await getUrl({ path: mine.path })
  const refused = await list({ path: 'admin/' }).catch((error: Error) => error.name)

  await signOut()
  const { tokens } = await fetchAuthSession()
  const heard = await new Promise<string | null | undefined>((resolve, reject) => {
    const timer = setInterval(() => open.models.Message.create({ text: 'from a guest' }), 200)
    const subscription = open.models.Message.onCreate().subscribe({
      next: ({ text }) => {
        clearInterval(timer)
        subscription.unsubscribe()
        resolve(text)
      },
      error: (error) => {
        clearInterval(timer)
        reject(error)
      },
    })
  })
  const guestReads = (await open.models.Post.list({ selectionSet: ['title'] })).data
  const guestWrites = (await open.models.Post.create({ title: 'no' })).errors?.[0]?.errorType
  const picture = await (await downloadData({ path: mine.path }).result).body.text()

  await enter('bob')
  return {
    entered,
    owned: todo?.owner === userId,
    selected: selected && { ...selected, comments: selected.comments.map(({ text }) => text) },
    drafts: drafts.data.map(({ title }) => title),
    back: back?.data?.title,
    fetched: await (await fetch(url)).text(),
    refused,
    guest: { tokens, heard, guestReads, guestWrites, picture },
    bobSees: (await client.models.Todo.list()).data,
    privacies: client.enums.Privacy.values(),
  }
}
