import { expect, test } from 'vitest'
import { parseXml, textOf, writeXml } from './xml.js'

test('elements, text, entities and CDATA are read; comments and declarations are passed over', () => {
  const root = parseXml(
    `\uFEFF<?xml version="1.0"?><!-- <x> --><Delete xmlns='a > b'><Object id="1>0"><Key> a&amp;b &#x41;&#66;&lt; </Key></Object><Quiet/><C><![CDATA[<&>]]></C></Delete>`,
  )
  expect(root.name).toBe('Delete')
  expect(textOf(root.children[0]!, 'Key')).toBe(' a&b AB< ')
  expect(textOf(root, 'Quiet')).toBe('')
  expect(textOf(root, 'C')).toBe('<&>')
})

test.each([
  '',
  'words',
  '<a>',
  '<a></b>',
  '<a/><b/>',
  '<a>&nbsp;</a>',
  '<a>&</a>',
  '<a>&#x110000;</a>',
  '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
  `<${'a'.repeat(1_000_000)}`,
  `<a ${`"b"`.repeat(100_000)}`,
  '<a'.repeat(100_000),
  '<a>'.repeat(100_000),
])('what is not well-formed is refused: %.40s', (document) => {
  expect(() => parseXml(document)).toThrow(SyntaxError)
})

test('what is written can be read, whatever is in it', () => {
  const key = `a&b <c> "d" 'e' \u0001 \r\n é`
  const written = writeXml('List', { Contents: [{ Key: key }, { Key: 'two' }], Nothing: undefined, Size: 0 })
  const root = parseXml(written)
  expect(root.children.map(({ name }) => name)).toEqual(['Contents', 'Contents', 'Size'])
  expect(textOf(root.children[0]!, 'Key')).toBe(key)
})
