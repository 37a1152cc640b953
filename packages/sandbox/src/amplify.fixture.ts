import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A folder of an app, with these files in it; gone after the test. */
export function appWith(files: Record<string, string>): string {
  const app = mkdtempSync(join(tmpdir(), 'backline-app-'))
  onTestFinished(() => rmSync(app, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) write(join(app, name), text)
  return app
}

export function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

/** The smallest backend that can be signed in to. */
export const AUTH_ONLY = `import { defineAuth, defineBackend } from '@aws-amplify/backend'
defineBackend({ auth: defineAuth({ loginWith: { email: true } }) })
`

/** A backend with one model, which has one field of this name. */
export function todoWith(field: string): string {
  return `import { a, defineBackend, defineData } from '@aws-amplify/backend'
const schema = a.schema({
  Todo: a.model({ ${field}: a.string() }).authorization((allow) => [allow.publicApiKey()]),
})
defineBackend({ data: defineData({ schema, authorizationModes: { defaultAuthorizationMode: 'apiKey' } }) })
`
}
