import { expect, test } from 'vitest'
import { readRow, writeFilter, writeInput } from './rows.js'
import { shop } from './shop.fixture.js'

const { Customer, Order } = shop.models as Record<string, (typeof shop.models)[string]>

test('json comes back as the value it stands for, at any depth', () => {
  const raw = {
    name: 'Ada',
    profile: '{"likes":["tea"]}',
    orders: { items: [{ number: 1, customer: { profile: '7' } }, null] },
  }
  expect(readRow(shop, 'Customer', raw)).toEqual({
    name: 'Ada',
    profile: { likes: ['tea'] },
    orders: [{ number: 1, customer: { profile: 7 } }, null],
  })
  expect(readRow(shop, 'Customer', { profile: 'not json' })).toEqual({ profile: 'not json' })
})

test('json goes out serialised once, whether the caller has done it or not', () => {
  const sent = (profile: unknown) => writeInput(shop, Customer!, { profile }, false).profile
  expect(sent({ likes: ['tea'] })).toBe('{"likes":["tea"]}')
  expect(sent('{"likes":["tea"]}')).toBe('{"likes":["tea"]}')
  expect(sent('just words')).toBe('"just words"')
  expect(sent([1, 2])).toBe('[1,2]')
  expect(sent(0)).toBe('0')
  expect(sent(null)).toBe(null)
})

test('a Date becomes what its field holds', () => {
  const at = new Date('2026-03-04T05:06:07.890Z')
  const input = writeInput(shop, Customer!, { born: at, wakesAt: at, joinedAt: at, seenAt: at }, false)
  expect(input).toEqual({
    born: '2026-03-04',
    wakesAt: '05:06:07.890Z',
    joinedAt: at.toISOString(),
    seenAt: 1772600767,
  })
  expect(
    writeFilter(shop, Customer!, {
      or: [{ joinedAt: { between: [at, at] } }, { not: { seenAt: { gt: at } } }],
    }),
  ).toEqual({
    or: [
      { joinedAt: { between: [at.toISOString(), at.toISOString()] } },
      { not: { seenAt: { gt: 1772600767 } } },
    ],
  })
})

test('what cannot be stored is refused by name', () => {
  expect(() => writeInput(shop, Customer!, { name: new Date() }, false)).toThrow(
    /Customer.name: a Date was given.*String/,
  )
  expect(() => writeInput(shop, Customer!, { born: new Date('x') }, false)).toThrow(
    /Customer.born: the Date is invalid/,
  )
  expect(() => writeInput(shop, Customer!, { score: Number.NaN }, false)).toThrow(
    /Customer.score: NaN cannot be stored/,
  )
})

test('undefined leaves a field untouched, null clears it', () => {
  expect(writeInput(shop, Customer!, { customerId: '1', name: undefined, email: null }, true)).toEqual({
    customerId: '1',
    email: null,
  })
})

test('a related row stands for its keys', () => {
  expect(
    writeInput(shop, Order!, { region: 'eu', customer: { customerId: 'c1' }, manager: null }, false),
  ).toEqual({
    region: 'eu',
    customerId: 'c1',
    managerId: null,
  })
})

test('a row that was read can be given back: what is not writable is left out', () => {
  const row = {
    customerId: '1',
    name: 'Ada',
    owner: 'x',
    createdAt: 'y',
    updatedAt: 'z',
    orders: () => {},
    representative: () => {},
    representativeId: 'e1',
  }
  expect(writeInput(shop, Customer!, row, true)).toEqual({
    customerId: '1',
    name: 'Ada',
    representativeId: 'e1',
  })
})
