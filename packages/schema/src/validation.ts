// What a value must be, beyond its type: a.string().validate((value) => value.minLength(3, 'Too short')).

import { SchemaError } from './errors.js'

export interface ValidationRule {
  readonly type:
    | 'gt'
    | 'lt'
    | 'gte'
    | 'lte'
    | 'minLength'
    | 'maxLength'
    | 'startsWith'
    | 'endsWith'
    | 'matches'
  readonly value: string | number
  readonly errorMessage?: string
}

/** What a string must be. Each rule once; `message` is what a client is told. */
export interface StringValidator {
  minLength(length: number, message?: string): StringValidator
  maxLength(length: number, message?: string): StringValidator
  startsWith(prefix: string, message?: string): StringValidator
  endsWith(suffix: string, message?: string): StringValidator
  /** A regular expression, as text. */
  matches(pattern: string, message?: string): StringValidator
}

/** What a number must be. Each rule once; `message` is what a client is told. */
export interface NumericValidator {
  gt(value: number, message?: string): NumericValidator
  lt(value: number, message?: string): NumericValidator
  gte(value: number, message?: string): NumericValidator
  lte(value: number, message?: string): NumericValidator
  positive(message?: string): NumericValidator
  negative(message?: string): NumericValidator
}

/** The rules that a callback names, in order. */
export function readValidation(callback: (validator: never) => unknown): readonly ValidationRule[] {
  if (typeof callback !== 'function')
    throw new SchemaError('validate() takes a function: validate((value) => value.minLength(3)).')
  const rules: ValidationRule[] = []
  const add = (type: ValidationRule['type']) => (value: string | number, errorMessage?: string) => {
    rules.push(Object.freeze({ type, value, ...(errorMessage !== undefined && { errorMessage }) }))
    return validator
  }
  const validator: StringValidator & NumericValidator = {
    minLength: add('minLength'),
    maxLength: add('maxLength'),
    startsWith: add('startsWith'),
    endsWith: add('endsWith'),
    matches: add('matches'),
    gt: add('gt'),
    lt: add('lt'),
    gte: add('gte'),
    lte: add('lte'),
    positive: (message?: string) => add('gt')(0, message),
    negative: (message?: string) => add('lt')(0, message),
  } as never
  callback(validator as never)
  return Object.freeze(rules)
}
