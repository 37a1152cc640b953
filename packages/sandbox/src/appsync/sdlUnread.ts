import type { ObjectTypeDefinitionNode } from 'graphql'
import { argumentsOf, upperFirst } from './sdlFields.js'

// What the raw language of Amplify's transformer may say of a model, and nobody here heeds: refused by name, or it would be served
// otherwise than it is written.

const OF_MODELS = /^(model|auth|refersTo|aws_\w+)$/
const OF_FIELDS = /^(auth|default|validate|hasMany|hasOne|belongsTo|primaryKey|index|refersTo|aws_\w+)$/

export function refuseUnread({ name, directives = [], fields = [] }: ObjectTypeDefinitionNode): void {
  const type = name.value
  for (const [where, known, all = []] of [
    [type, OF_MODELS, directives] as const,
    ...fields.map((field) => [`${type}.${field.name.value}`, OF_FIELDS, field.directives] as const),
  ]) {
    const unknown = all.find((each) => !known.test(each.name.value))
    if (unknown) throw new Error(`${where}: the sandbox does not know @${unknown.name.value}. Take it out.`)
  }
  const { queries, mutations, subscriptions, timestamps } = argumentsOf(
    directives.find((each) => each.name.value === 'model'),
  )
  for (const settings of [queries, mutations, subscriptions, timestamps]) {
    for (const [what, called] of Object.entries(settings ?? {})) {
      if (called === null || what === 'level') continue
      const usual = settings === timestamps ? what : `${what}${upperFirst(type)}`
      throw new Error(
        `${type}: @model calls ${what} ${JSON.stringify(called)}: here it has the name that clients expect, as in ${usual}. Take it out.`,
      )
    }
  }
}
