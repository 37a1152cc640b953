import fc from 'fast-check'
import Cookies from 'js-cookie'
import { expect, onTestFinished, test, vi } from 'vitest'
import { serializeCookie } from './cookieHeader.js'

test('a server spells any cookie as the page does', () => {
  const page = { cookie: '' }
  vi.stubGlobal('document', page)
  onTestFinished(() => void vi.unstubAllGlobals())
  const text = fc.string({ unit: 'binary' })
  fc.assert(
    fc.property(text.filter(Boolean), text, (name, value) => {
      Cookies.set(name, value)
      expect(serializeCookie(name, value, { path: '/' })).toBe(page.cookie.replace('path', 'Path'))
    }),
  )
})
