// The builder for what must not compile: in tests of what is said at run time.

import { type Schema, a as strict } from './index.js'
import type { SchemaType } from './schema.js'

export interface Loose extends Omit<typeof strict, 'schema'> {
  schema(types: Record<string, SchemaType>): Schema<Record<never, never>, never>
}

export const a: Loose = strict
