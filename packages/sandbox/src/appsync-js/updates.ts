import { isDeepStrictEqual } from 'node:util'
import type { Item } from '../appsync/rules.js'
import {
  at,
  ExpressionError,
  type Operand,
  type Path,
  Reader,
  type WrittenExpression,
} from './expressions.js'

// DynamoDB's update expressions: SET, REMOVE, ADD, DELETE.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html

const CLAUSES = ['SET', 'REMOVE', 'ADD', 'DELETE']

/** The item after the update. What the expression reads is what was there before. @throws {ExpressionError} */
export function updated(item: Item, written: WrittenExpression): Item {
  const result = structuredClone(item)
  const reader = new Reader(written)
  while (!reader.isAtEnd) {
    const clause = reader.next().toUpperCase()
    if (!CLAUSES.includes(clause)) throw new ExpressionError(`Syntax error; token: "${clause}"`)
    do {
      const path = reader.path()
      if (clause === 'REMOVE') remove(result, path)
      else if (clause === 'SET') {
        reader.expect('=')
        put(result, path, sum(reader, item))
      } else {
        const operand = resolved(reader.operand(), item)
        const known = at(item, path)
        const changed = clause === 'ADD' ? added(known, operand) : without(known, operand)
        if (changed === undefined) remove(result, path)
        else put(result, path, changed)
      }
    } while (reader.takes(','))
  }
  return result
}

function sum(reader: Reader, item: Item): unknown {
  const first = resolved(reader.operand(), item)
  const sign = reader.peek()
  if (sign !== '+' && sign !== '-') return first
  reader.next()
  const second = resolved(reader.operand(), item)
  if (typeof first !== 'number' || typeof second !== 'number')
    throw new ExpressionError('An operand in the update expression has an incorrect data type')
  return sign === '+' ? first + second : first - second
}

function resolved(operand: Operand, item: Item): unknown {
  if (operand.kind === 'value') return operand.value
  if (operand.kind === 'path') {
    const value = at(item, operand.path)
    if (value === undefined)
      throw new ExpressionError(
        'The provided expression refers to an attribute that does not exist in the item',
      )
    return value
  }
  const [one, other] = operand.args
  if (operand.name === 'if_not_exists' && one?.kind === 'path' && other)
    return at(item, one.path) ?? resolved(other, item)
  if (operand.name === 'list_append' && one && other) {
    const lists = [resolved(one, item), resolved(other, item)]
    if (!lists.every(Array.isArray))
      throw new ExpressionError('An operand in the update expression has an incorrect data type')
    return lists.flat()
  }
  throw new ExpressionError(`Invalid function name; function: ${operand.name}`)
}

function added(known: unknown, operand: unknown): unknown {
  if (typeof operand === 'number') {
    if (known !== undefined && typeof known !== 'number')
      throw new ExpressionError('An operand in the update expression has an incorrect data type')
    return ((known as number | undefined) ?? 0) + operand
  }
  const members = Array.isArray(known) ? [...(known as unknown[])] : []
  for (const each of operand as unknown[])
    if (!members.some((member) => isDeepStrictEqual(member, each))) members.push(each)
  return members
}

/** An emptied set is no attribute any more. */
function without(known: unknown, operand: unknown): unknown {
  if (!Array.isArray(known)) return known
  const left = known.filter((each) => !(operand as unknown[]).some((one) => isDeepStrictEqual(one, each)))
  return left.length > 0 ? left : undefined
}

function parentOf(item: Item, path: Path): Record<string | number, unknown> {
  const parent = path.length === 1 ? item : at(item, path.slice(0, -1))
  if (typeof parent !== 'object' || parent === null)
    throw new ExpressionError('The document path provided in the update expression is invalid for update')
  return parent as Record<string | number, unknown>
}

function put(item: Item, path: Path, value: unknown) {
  const parent = parentOf(item, path)
  const last = path.at(-1)!
  // Past the end of a list means at its end.
  if (Array.isArray(parent) && typeof last === 'number' && last > parent.length) parent.push(value)
  else parent[last] = value
}

function remove(item: Item, path: Path) {
  const parent = path.length === 1 ? item : at(item, path.slice(0, -1))
  const last = path.at(-1)!
  if (Array.isArray(parent) && typeof last === 'number') parent.splice(last, 1)
  else if (typeof parent === 'object' && parent !== null) delete (parent as Record<string, unknown>)[last]
}
