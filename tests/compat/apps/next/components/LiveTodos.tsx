'use client';

import { generateClient } from 'aws-amplify/data';
import { useEffect, useState } from 'react';
import type { Schema } from '@/amplify/data/resource';

const client = generateClient<Schema>();

export default function LiveTodos() {
  const [todos, setTodos] = useState<Array<Schema['Todo']['type']>>([]);

  useEffect(() => {
    const subscription = client.models.Todo.observeQuery().subscribe({
      next: (data) => setTodos([...data.items]),
    });
    return () => subscription.unsubscribe();
  }, []);

  return (
    <ol>
      {todos.map((todo) => (
        <li key={todo.id}>live: {todo.content}</li>
      ))}
    </ol>
  );
}
