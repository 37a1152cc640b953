// As much XML as S3's answers hold: elements, text, entities, CDATA. Attributes and namespaces are skipped, a DOCTYPE is
// refused. `DOMParser` would do, but workers, Node and React Native have none.

export interface Element {
  name: string
  text: string
  children: Element[]
}

const token =
  /<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<(\/?)([\w.:-]+)((?:"[^"]*"|'[^']*'|[^<>"'])*?)(\/?)>|([^<]+)|</g

/** The root element of a document. Throws a `SyntaxError` for what is not well-formed. */
export function readXml(source: string): Element {
  const document: Element = { name: '', text: '', children: [] }
  const open = [document]
  for (const [whole, cdata, closing, name, , empty, text] of source.matchAll(token)) {
    if (whole === '<') throw new SyntaxError('Unexpected < in XML.')
    const parent = open.at(-1)!
    if (cdata !== undefined) parent.text += cdata
    else if (text !== undefined) parent.text += decodeEntities(text)
    else if (name === undefined) continue
    else if (closing) {
      if (open.pop()?.name !== localName(name)) throw new SyntaxError(`Unexpected </${name}> in XML.`)
    } else {
      const element: Element = { name: localName(name), text: '', children: [] }
      parent.children.push(element)
      if (!empty) open.push(element)
    }
  }
  const root = document.children[0]
  if (open.length !== 1 || document.children.length !== 1 || !root)
    throw new SyntaxError('Not an XML document.')
  return root
}

export function childrenOf(element: Element, name: string): Element[] {
  return element.children.filter((child) => child.name === name)
}

/** The text of the first child of that name; undefined where there is none. */
export function textOf(element: Element, name: string): string | undefined {
  return element.children.find((child) => child.name === name)?.text
}

export function escapeXml(text: string): string {
  // Control characters too (a key may hold them), since a raw carriage return would be read back as a line feed.
  return text.replace(/[<>&'"\p{Cc}]/gu, (character) => `&#${character.charCodeAt(0)};`)
}

const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function decodeEntities(text: string): string {
  return text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hexadecimal, decimal, name) => {
    if (name) return entities[name] ?? whole
    const codePoint = hexadecimal ? Number.parseInt(hexadecimal, 16) : Number(decimal)
    return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : whole
  })
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}
