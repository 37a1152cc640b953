import { isDeepStrictEqual } from 'node:util'
import type { Item } from '../appsync/rules.js'
import { fromAttribute } from './attributes.js'

// DynamoDB's expression language: conditions, filters, key conditions and projections.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html

/** As resolvers write it. */
export interface WrittenExpression {
  expression: string
  expressionNames?: Record<string, string>
  expressionValues?: Record<string, unknown>
}

/** What is wrong with an expression. */
export class ExpressionError extends Error {}

export type Path = (string | number)[]

export type Operand =
  | { kind: 'path'; path: Path }
  | { kind: 'value'; value: unknown }
  | { kind: 'call'; name: string; args: Operand[] }

export type Condition =
  | { kind: 'and' | 'or'; parts: Condition[] }
  | { kind: 'not'; part: Condition }
  | { kind: 'compare'; operator: string; left: Operand; right: Operand[] }
  | { kind: 'call'; name: string; args: Operand[] }

const TOKEN = /\s*(?:([#:]?[A-Za-z_][\w-]*|[#:]\w+)|(\d+)|(<>|<=|>=|[=<>(),[\].+-]))/y

/** Reads tokens one after the other; shared by conditions and updates. */
export class Reader {
  private readonly tokens: string[] = []
  private at = 0
  private readonly written: WrittenExpression

  constructor(written: WrittenExpression) {
    this.written = written
    const { expression } = written
    TOKEN.lastIndex = 0
    while (TOKEN.lastIndex < expression.trimEnd().length) {
      const start = TOKEN.lastIndex
      const found = TOKEN.exec(expression)
      if (!found) throw new ExpressionError(`Syntax error; near: "${expression.slice(start, start + 20)}"`)
      this.tokens.push(found[1] ?? found[2] ?? found[3]!)
    }
  }

  get isAtEnd() {
    return this.at >= this.tokens.length
  }

  peek(offset = 0): string | undefined {
    return this.tokens[this.at + offset]
  }

  next(): string {
    const token = this.tokens[this.at++]
    if (token === undefined) throw new ExpressionError('Syntax error; the expression ends too soon.')
    return token
  }

  /** Takes the token if it is this one, in any case. */
  takes(word: string): boolean {
    if (this.peek()?.toUpperCase() !== word) return false
    this.at++
    return true
  }

  expect(token: string) {
    const found = this.next()
    if (found !== token) throw new ExpressionError(`Syntax error; token: "${found}", expected "${token}"`)
  }

  name(token: string): string {
    if (!token.startsWith('#')) return token
    const name = this.written.expressionNames?.[token]
    if (name === undefined)
      throw new ExpressionError(
        `An expression attribute name used in the document path is not defined; attribute name: ${token}`,
      )
    return name
  }

  path(): Path {
    const path: Path = [this.name(this.next())]
    for (;;) {
      if (this.takes('.')) path.push(this.name(this.next()))
      else if (this.takes('[')) {
        path.push(Number(this.next()))
        this.expect(']')
      } else return path
    }
  }

  operand(): Operand {
    const token = this.peek() ?? ''
    if (token.startsWith(':')) {
      this.at++
      const value = this.written.expressionValues?.[token]
      if (value === undefined)
        throw new ExpressionError(
          `An expression attribute value used in expression is not defined; attribute value: ${token}`,
        )
      return { kind: 'value', value: fromAttribute(value) }
    }
    if (this.peek(1) === '(') {
      this.at++
      return { kind: 'call', name: token, args: this.args() }
    }
    return { kind: 'path', path: this.path() }
  }

  args(): Operand[] {
    this.expect('(')
    const args = [this.operand()]
    while (this.takes(',')) args.push(this.operand())
    this.expect(')')
    return args
  }
}

/** @throws {ExpressionError} */
export function readCondition(written: WrittenExpression): Condition {
  const reader = new Reader(written)
  const condition = readOr(reader)
  if (!reader.isAtEnd) throw new ExpressionError(`Syntax error; token: "${reader.peek()}"`)
  return condition
}

function readOr(reader: Reader): Condition {
  const parts = [readAnd(reader)]
  while (reader.takes('OR')) parts.push(readAnd(reader))
  return parts.length === 1 ? parts[0]! : { kind: 'or', parts }
}

function readAnd(reader: Reader): Condition {
  const parts = [readNot(reader)]
  while (reader.takes('AND')) parts.push(readNot(reader))
  return parts.length === 1 ? parts[0]! : { kind: 'and', parts }
}

function readNot(reader: Reader): Condition {
  if (reader.takes('NOT')) return { kind: 'not', part: readNot(reader) }
  if (reader.takes('(')) {
    const inner = readOr(reader)
    reader.expect(')')
    return inner
  }
  const left = reader.operand()
  const word = reader.peek()?.toUpperCase()
  if (word === 'BETWEEN') {
    reader.next()
    const low = reader.operand()
    if (!reader.takes('AND')) throw new ExpressionError('Syntax error; BETWEEN needs AND.')
    return { kind: 'compare', operator: 'BETWEEN', left, right: [low, reader.operand()] }
  }
  if (word === 'IN') {
    reader.next()
    return { kind: 'compare', operator: 'IN', left, right: reader.args() }
  }
  if (word && /^(=|<>|<|<=|>|>=)$/.test(word)) {
    reader.next()
    return { kind: 'compare', operator: word, left, right: [reader.operand()] }
  }
  if (left.kind === 'call') return { kind: 'call', name: left.name, args: left.args }
  throw new ExpressionError(`Syntax error; near: "${word ?? ''}"`)
}

export function at(item: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, part)
        ? (value as Record<string | number, unknown>)[part]
        : undefined,
    item,
  )
}

function resolved(operand: Operand, item: Item): unknown {
  if (operand.kind === 'value') return operand.value
  if (operand.kind === 'path') return at(item, operand.path)
  if (operand.name === 'size') return sizeOf(resolved(operand.args[0]!, item))
  throw new ExpressionError(`Invalid function name; function: ${operand.name}`)
}

export function holds(condition: Condition, item: Item): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.parts.every((part) => holds(part, item))
    case 'or':
      return condition.parts.some((part) => holds(part, item))
    case 'not':
      return !holds(condition.part, item)
    case 'compare':
      return compares(
        condition.operator,
        resolved(condition.left, item),
        condition.right.map((each) => resolved(each, item)),
      )
    case 'call':
      return calls(condition.name, condition.args, item)
  }
}

function compares(operator: string, left: unknown, right: unknown[]): boolean {
  const [one, other] = right
  switch (operator) {
    case '=':
      return left !== undefined && isDeepStrictEqual(left, one)
    case '<>':
      return !isDeepStrictEqual(left, one)
    case 'IN':
      return left !== undefined && right.some((each) => isDeepStrictEqual(left, each))
    case 'BETWEEN':
      return inOrder('>=', left, one) && inOrder('<=', left, other)
    default:
      return inOrder(operator, left, one)
  }
}

function inOrder(operator: string, left: unknown, right: unknown): boolean {
  const difference =
    typeof left === 'number' && typeof right === 'number'
      ? left - right
      : typeof left === 'string' && typeof right === 'string'
        ? Buffer.compare(Buffer.from(left), Buffer.from(right))
        : Number.NaN
  if (operator === '<') return difference < 0
  if (operator === '<=') return difference <= 0
  return operator === '>' ? difference > 0 : difference >= 0
}

function calls(name: string, args: Operand[], item: Item): boolean {
  const [subject, given] = args
  const value = resolved(subject!, item)
  const operand = given && resolved(given, item)
  switch (name) {
    case 'attribute_exists':
      return value !== undefined
    case 'attribute_not_exists':
      return value === undefined
    case 'attribute_type':
      return typeOf(value) === operand
    case 'begins_with':
      return typeof value === 'string' && typeof operand === 'string' && value.startsWith(operand)
    case 'contains':
      if (Array.isArray(value)) return value.some((each) => isDeepStrictEqual(each, operand))
      return typeof value === 'string' && typeof operand === 'string' && value.includes(operand)
    default:
      throw new ExpressionError(`Invalid function name; function: ${name}`)
  }
}

function typeOf(value: unknown): string | undefined {
  if (value === null) return 'NULL'
  if (Array.isArray(value)) return 'L'
  return { string: 'S', number: 'N', boolean: 'BOOL', object: 'M' }[typeof value as string]
}

function sizeOf(value: unknown): number | undefined {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (Array.isArray(value)) return value.length
  return typeof value === 'object' && value !== null ? Object.keys(value).length : undefined
}

/** `#a, b.c`: only these attributes of the item. */
export function projected(item: Item, written: WrittenExpression | undefined): Item {
  if (!written?.expression) return item
  const reader = new Reader(written)
  const result: Item = {}
  do {
    const [name, ...rest] = reader.path()
    const value = at(item, [name!, ...rest])
    if (value === undefined) continue
    const nested = rest.reduceRight<unknown>(
      (inner, part) => (typeof part === 'number' ? [inner] : { [part]: inner }),
      value,
    )
    const known = result[name!]
    result[name!] =
      rest.length > 0 && typeof known === 'object' && known !== null && !Array.isArray(known)
        ? { ...known, ...(nested as object) }
        : nested
  } while (reader.takes(','))
  return result
}
