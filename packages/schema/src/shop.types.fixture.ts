// The types of the shop, inferred from its schema. The expectations in `*.test-d.ts` hold them to what they should be, and
// `generate.test.ts` holds the generated ones, in the place of this module, to the same.

import type { ClientSchema } from './index.js'
import type { schema } from './shop.fixture.js'

export type Schema = ClientSchema<typeof schema>
