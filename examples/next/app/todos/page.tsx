import { revalidatePath } from 'next/cache'
import { redirect } from 'next/navigation'
import { client, currentUser } from '@/lib/amplify'
import { LiveTodos } from './LiveTodos'

async function addTodo(form: FormData) {
  'use server'
  const content = `${form.get('content') ?? ''}`.trim()
  if (!content) return
  const { errors } = await client.models.Todo.create({ content })
  if (errors) throw new Error(errors[0]!.message)
  revalidatePath('/todos')
}

export default async function Todos() {
  const user = await currentUser()
  if (!user) redirect('/sign-in')

  const { data: todos, errors } = await client.models.Todo.list()
  if (!todos) throw new Error(errors?.[0]?.message)
  const items = todos.flatMap((todo) => (todo ? [{ id: todo.id, content: todo.content }] : []))
  return (
    <main>
      <div className="card">
        <header>
          <h1>Your todos</h1>
          <small>{user.signInDetails?.loginId ?? user.username}</small>
          <a href="/auth/sign-out">Sign out</a>
        </header>
        <form action={addTodo} className="row">
          <input name="content" aria-label="What is to be done" autoComplete="off" required />
          <button type="submit">Add</button>
        </form>
        <LiveTodos initial={items} />
      </div>
    </main>
  )
}
