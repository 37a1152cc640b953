// As much XML as S3 speaks: elements and text, no attributes that mean anything, no namespaces, and never a DOCTYPE.

/** An element that was read: its children by name, or its text where it has none. */
export interface Element {
  name: string
  children: Element[]
  text: string
}

/** What can be written: text, a number, elements by name, or the same element several times. */
export type Content = string | number | boolean | undefined | Content[] | { [name: string]: Content }

const DEEPEST = 10
const TOKEN =
  /<!\[CDATA\[([\s\S]*?)\]\]>|<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<(\/?)([^\s<>/!?]+)(?=[\s/>])(?:[^<>"']|"[^"]*"|'[^']*')*?(\/?)>|([^<]+)/gy

/** Reads a document. @throws {SyntaxError} where it is not well-formed. */
export function parseXml(document: string): Element {
  const top: Element = { name: '', children: [], text: '' }
  const open = [top]
  TOKEN.lastIndex = 0
  let position = document.startsWith('\uFEFF') ? 1 : 0
  while (position < document.length) {
    TOKEN.lastIndex = position
    const token = TOKEN.exec(document)
    if (!token) throw new SyntaxError(`The XML cannot be read at character ${position}.`)
    position = TOKEN.lastIndex
    const [, cdata, closing, name, selfClosing, text] = token
    const current = open.at(-1)!
    if (cdata !== undefined) current.text += cdata
    else if (text !== undefined) current.text += unescaped(text)
    else if (closing) {
      if (open.length === 1 || current.name !== name) throw new SyntaxError(`Unexpected </${name}>.`)
      open.pop()
    } else if (name) {
      const element: Element = { name, children: [], text: '' }
      current.children.push(element)
      if (!selfClosing) open.push(element)
      if (open.length > DEEPEST) throw new SyntaxError('The XML is nested too deeply.')
    }
  }
  if (open.length !== 1 || top.children.length !== 1)
    throw new SyntaxError('The XML is not one whole element.')
  return top.children[0]!
}

/** The text of the first child of that name. */
export function textOf(element: Element, name: string): string | undefined {
  return element.children.find((child) => child.name === name)?.text
}

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/'

/** Writes a document whose root is in S3's namespace. What is undefined is left out. */
export function writeXml(root: string, content: Content): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${NAMESPACE}">${write(content)}</${root}>`
}

/** The same without a namespace, as S3 writes its errors. */
export function writeBareXml(root: string, content: Content): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}>${write(content)}</${root}>`
}

function write(content: Content): string {
  if (content === undefined) return ''
  if (typeof content !== 'object') return escaped(String(content))
  if (Array.isArray(content)) return content.map(write).join('')
  return Object.entries(content)
    .flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((each) => [name, each] as const))
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `<${name}>${write(value)}</${name}>`)
    .join('')
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

// Control characters are not XML 1.0 in any spelling; S3 writes them as references all the same, and so do we.
const escaped = (text: string) =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  text.replace(/[&<>"\u0000-\u001f]/g, (char) => ESCAPES[char] ?? `&#x${char.charCodeAt(0).toString(16)};`)

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function unescaped(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));|&/gi, (_, hex, decimal, name) => {
    const code = hex ? Number.parseInt(hex, 16) : decimal ? Number(decimal) : undefined
    if (code !== undefined && code <= 0x10ffff) return String.fromCodePoint(code)
    const known = name && NAMED[name]
    if (!known) throw new SyntaxError('The XML has an & that begins no known entity.')
    return known
  })
}
