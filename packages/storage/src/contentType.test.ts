import { expect, test } from 'vitest'
import { contentTypeOf } from './contentType.js'

test.each([
  ['photos/cat.JPG', 'image/jpeg'],
  ['a.svg', 'image/svg+xml'],
  ['report.docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['notes.md', 'text/markdown'],
  ['archive.tar.gz', 'application/gzip'],
  ['mp4', undefined],
  ['cat.', undefined],
  ['folder.txt/cat', undefined],
  ['a.nonsense', undefined],
])('%s is %s', (name, type) => {
  expect(contentTypeOf(name)).toBe(type)
})
