import { Amplify } from 'backline'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import outputs from '../amplify_outputs.json'
import { App } from './App.tsx'

Amplify.configure(outputs)

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
