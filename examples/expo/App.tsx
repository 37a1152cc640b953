import { Amplify } from 'backline'
import { confirmSignUp, getCurrentUser, signIn, signOut, signUp } from 'backline/auth'
import { generateClient } from 'backline/data'
import { getUrl, uploadData } from 'backline/storage'
import { launchImageLibraryAsync } from 'expo-image-picker'
import { useEffect, useState } from 'react'
import { Button, FlatList, Image, Text, TextInput, View } from 'react-native'
import type { Schema } from './amplify/data/resource'
import outputs from './amplify_outputs.json'

Amplify.configure(outputs)
const client = generateClient<Schema>()

export default function App() {
  const [name, setName] = useState<string>()
  useEffect(() => {
    getCurrentUser().then(
      ({ signInDetails }) => setName(signInDetails?.loginId),
      () => setName(undefined),
    )
  }, [])
  if (!name) return <Door onIn={setName} />
  return (
    <View style={{ flex: 1, padding: 32, gap: 16 }}>
      <Text>{name}</Text>
      <Button title="Sign out" onPress={() => signOut().then(() => setName(undefined))} />
      <Picture />
      <Todos />
    </View>
  )
}

function Door({ onIn }: { onIn(name: string): void }) {
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState<string>()
  const [problem, setProblem] = useState('')
  const attempt = (work: () => Promise<unknown>) => () =>
    work().then(
      () => setProblem(''),
      (error: Error) => setProblem(error.message),
    )
  const enter = async () => {
    await signIn({ username, password })
    onIn(username)
  }
  return (
    <View style={{ flex: 1, padding: 32, gap: 16, justifyContent: 'center' }}>
      <TextInput
        accessibilityLabel="Email"
        placeholder="Email"
        autoCapitalize="none"
        autoComplete="email"
        keyboardType="email-address"
        value={username}
        onChangeText={setUsername}
      />
      <TextInput
        accessibilityLabel="Password"
        placeholder="Password"
        autoComplete="password"
        secureTextEntry
        value={password}
        onChangeText={setPassword}
      />
      <Button title="Sign in" onPress={attempt(enter)} />
      <Button
        title="Sign up"
        onPress={attempt(async () => {
          await signUp({ username, password })
          setCode('')
        })}
      />
      {code !== undefined && (
        <>
          <TextInput
            accessibilityLabel="Code from the mail"
            placeholder="Code from the mail"
            autoComplete="one-time-code"
            keyboardType="number-pad"
            value={code}
            onChangeText={setCode}
          />
          <Button
            title="Confirm"
            onPress={attempt(async () => {
              await confirmSignUp({ username, confirmationCode: code })
              await enter()
            })}
          />
        </>
      )}
      <Text accessibilityLiveRegion="polite">{problem}</Text>
    </View>
  )
}

function Todos() {
  const [todos, setTodos] = useState<Schema['Todo']['type'][]>([])
  const [content, setContent] = useState('')
  useEffect(() => {
    const watching = client.models.Todo.observeQuery().subscribe(({ items }) => setTodos(items))
    return () => watching.unsubscribe()
  }, [])
  return (
    <>
      <TextInput
        accessibilityLabel="What is to be done?"
        placeholder="What is to be done?"
        value={content}
        onChangeText={setContent}
      />
      <Button title="Add" onPress={() => client.models.Todo.create({ content }).then(() => setContent(''))} />
      <FlatList
        data={todos}
        keyExtractor={({ id }) => id}
        renderItem={({ item }) => (
          <Text onPress={() => client.models.Todo.delete({ id: item.id })}>{item.content}</Text>
        )}
      />
    </>
  )
}

function Picture() {
  const [progress, setProgress] = useState<number>()
  const [uri, setUri] = useState<string>()
  async function pick() {
    const { assets } = await launchImageLibraryAsync({ mediaTypes: 'images' })
    if (!assets?.[0]) return
    const task = uploadData({
      path: ({ identityId }) => `pictures/${identityId}/picture`,
      data: { uri: assets[0].uri, type: assets[0].mimeType, inBackground: true },
      options: {
        onProgress: ({ transferredBytes, totalBytes }) => setProgress(transferredBytes / (totalBytes ?? 1)),
      },
    })
    const { path } = await task.result
    setProgress(undefined)
    setUri((await getUrl({ path })).url.href)
  }
  return (
    <>
      <Button title="Upload a picture" onPress={pick} />
      {progress !== undefined && <Text>{Math.round(progress * 100)} %</Text>}
      {uri && <Image accessibilityLabel="The picture" source={{ uri }} style={{ width: 200, height: 200 }} />}
    </>
  )
}
