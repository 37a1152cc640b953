import { expect, test } from 'vitest'
import { childrenOf, escapeXml, readXml, textOf } from './xml.js'

test('elements, text, entities and CDATA of an answer of S3 are read', () => {
  const root = readXml(`<?xml version="1.0" encoding="UTF-8"?>
    <!-- a > comment -->
    <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/" note='a > b "c"'>
      <Name>bucket</Name><Prefix/>
      <Contents><Key>a&amp;b&lt;&#x1F600;&#233;&quot;</Key><ETag>&quot;1&quot;</ETag></Contents>
      <Contents><Key><![CDATA[<raw & ]] ready>]]></Key></Contents>
      <Owner xsi:type="CanonicalUser"><ns:ID>7</ns:ID></Owner>
    </ListBucketResult>`)
  expect(root.name).toBe('ListBucketResult')
  expect(textOf(root, 'Name')).toBe('bucket')
  expect(textOf(root, 'Prefix')).toBe('')
  expect(textOf(root, 'Marker')).toBeUndefined()
  expect(childrenOf(root, 'Contents').map((each) => textOf(each, 'Key'))).toEqual([
    'a&b<😀é"',
    '<raw & ]] ready>',
  ])
  expect(textOf(childrenOf(root, 'Owner')[0]!, 'ID')).toBe('7')
})

test('an unknown entity is left as it is, so that none can be expanded without end', () => {
  expect(readXml('<a>&lol;&#x110000;&nbsp;</a>').text).toBe('&lol;&#x110000;&nbsp;')
})

test.each(['', 'plain text', '<a>', '<a></b>', '<a/><b/>', '</a>', '<a><b></a></b>', '<a>1 < 2</a>'])(
  'what is not XML is refused: %j',
  (text) => {
    expect(() => readXml(text)).toThrow(SyntaxError)
  },
)

test('a megabyte of brackets is refused without hanging', () => {
  expect(() => readXml('<'.repeat(1_000_000))).toThrow(SyntaxError)
  expect(() => readXml(`<a ${'x="1" '.repeat(100_000)}`)).toThrow(SyntaxError)
})

test('escaped text is read back unchanged', () => {
  const text = `<&>"'\r\n\t\u0001 é😀`
  expect(readXml(`<a>${escapeXml(text)}</a>`).text).toBe(text)
})
