// The types of the SQL schema, inferred. The expectations in `sql.test-d.ts` hold generated ones and the official builder's to the same.

import type { ClientSchema } from './index.js'
import type { schema } from './sql.fixture.js'

export type Schema = ClientSchema<typeof schema>
