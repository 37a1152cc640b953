import pluralize from 'pluralize'

/**
 * `Category` → `Categories`, `Person` → `People`. The names of list queries are part of an API, so they must be those
 * that Amplify's transformer makes on AWS, oddities included; it asks the same package.
 */
export function plural(name: string): string {
  return pluralize(name)
}
