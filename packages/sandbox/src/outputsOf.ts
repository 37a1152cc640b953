import { REGION } from './place.js'

/** Sections that services of `defineLocal` answer for. */
const OURS = ['analytics', 'geo', 'notifications']

/**
 * What `backend.addOutput({ … })` was given, as clients of local services can use it. A value of a CDK construct, such as
 * `stack.region` or `app.ref`, is known only to AWS: a region becomes the sandbox's, anything else a name made of where it comes from.
 */
export function outputsOf(output: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(output).map(([section, value]) => [
      section,
      OURS.includes(section) ? plain(value) : value,
    ]),
  )
}

function plain(value: unknown): unknown {
  // A recorded construct is the only function that can stand here.
  if (typeof value === 'function') return nameOf(String(value))
  if (typeof value === 'string') return value.replace(/\$\{[^}]*\}/g, nameOf)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [plain(name) as string, plain(each)]))
}

/** `${stacks.geo.Map.attrArn}` → `stacks-geo-Map-attrArn` */
function nameOf(recorded: string): string {
  const path = recorded.slice(2, -1).replace(/#\d+/g, '')
  if (/\bregion$/i.test(path)) return REGION
  return path.replace(/\W+/g, '-').replace(/^-|-$/g, '')
}
