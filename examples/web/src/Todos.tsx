import { generateClient } from 'backline/data'
import { type FormEvent, useEffect, useState } from 'react'
import type { Schema } from '../amplify/data/resource.ts'

const client = generateClient<Schema>()

export function Todos() {
  const [todos, setTodos] = useState<Schema['Todo']['type'][]>([])
  const [synced, setSynced] = useState(false)
  const [content, setContent] = useState('')
  const [problem, setProblem] = useState('')

  useEffect(() => {
    const subscription = client.models.Todo.observeQuery().subscribe({
      next({ items, isSynced }) {
        setTodos(items)
        setSynced(isSynced)
      },
      error: (error: Error) => setProblem(error.message),
    })
    return () => subscription.unsubscribe()
  }, [])

  async function add(event: FormEvent) {
    event.preventDefault()
    const { errors } = await client.models.Todo.create({ content })
    if (errors) setProblem(errors[0]?.message ?? 'The todo was not saved.')
    else setContent('')
  }

  return (
    <section className="card">
      <h2>
        Live list <small>{synced ? 'in sync' : 'reading…'}</small>
      </h2>
      <form className="row" onSubmit={add}>
        <input
          name="todo"
          placeholder="What is to be done?"
          value={content}
          onChange={(e) => setContent(e.target.value)}
          required
        />
        <button type="submit">Add</button>
      </form>
      {problem && <p role="alert">{problem}</p>}
      <ul>
        {todos.map((todo) => (
          <li key={todo.id} className={todo.done ? 'done' : ''}>
            <label>
              <input
                type="checkbox"
                checked={todo.done ?? false}
                onChange={() => client.models.Todo.update({ id: todo.id, done: !todo.done })}
              />
              {todo.content}
            </label>
            <button type="button" className="link" onClick={() => client.models.Todo.delete({ id: todo.id })}>
              Delete
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
