import { createHash } from 'node:crypto'
import type { WireResponse } from '../service.js'

// The pages that a person sees. Plain HTML, with a script only where a passkey is asked for; everything that came from outside is escaped.

export interface Page {
  title: string
  /** Already HTML. */
  body: string
  /** Said above the form. */
  error?: string
  status?: number
  /** Runs when the page is there. */
  script?: string
  cookies?: string[]
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)
}

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;background:#f3f4f6;color:#111;margin:0}
main{max-width:22rem;margin:3rem auto;background:#fff;padding:2rem;border-radius:12px;box-shadow:0 1px 4px #0002}
h1{font-size:1.3rem;margin:0 0 1rem}label{display:block;margin:.75rem 0 .25rem}
input:not([type=hidden]){width:100%;box-sizing:border-box;font:inherit;padding:.5rem;border:1px solid #888;border-radius:6px}
button,.button{display:block;box-sizing:border-box;width:100%;margin-top:1rem;padding:.6rem;font:inherit;text-align:center;border:0;border-radius:6px;background:#1d4ed8;color:#fff;text-decoration:none;cursor:pointer}
.other{background:#374151}.error{background:#fee2e2;color:#7f1d1d;padding:.5rem .75rem;border-radius:6px}p{margin:1rem 0 0}`

export function page({ title, body, error, status = 200, script, cookies = [] }: Page): WireResponse {
  const allowed = script
    ? `script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'; `
    : ''
  return {
    status,
    cors: false,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      // Not in a frame of somebody else's; nothing is loaded from anywhere.
      'content-security-policy': `default-src 'none'; ${allowed}style-src 'unsafe-inline'; frame-ancestors 'none'`,
      'referrer-policy': 'no-referrer',
      ...(cookies.length > 0 ? { 'set-cookie': cookies } : {}),
    },
    body: `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${STYLE}</style><main><h1>${escaped(title)}</h1>${error ? `<div class="error" role="alert">${escaped(error)}</div>` : ''}${body}</main>${script ? `<script>${script}</script>` : ''}</html>`,
  }
}

interface Field {
  name: string
  label: string
  type?: string
  value?: string
  autocomplete?: string
  optional?: boolean
}

/** A form that posts its fields, and what must come along, to `action`. `data` is for a script; `instead` is a second button, for who leaves fields empty. */
export function form(
  action: string,
  fields: Field[],
  hidden: Record<string, string>,
  submit: string,
  {
    data = {},
    instead,
  }: { data?: Record<string, string>; instead?: { name: string; value: string; label: string } } = {},
): string {
  const inputs = fields.map(
    ({ name, label, type = 'text', value = '', autocomplete = 'off', optional = false }) =>
      `<label for="${name}">${escaped(label)}</label><input id="${name}" name="${name}" type="${type}" value="${escaped(value)}" autocomplete="${autocomplete}"${optional ? '' : ' required'}>`,
  )
  const carried = Object.entries(hidden).map(
    ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  )
  const other = instead
    ? `<button class="other" formnovalidate name="${instead.name}" value="${instead.value}">${escaped(instead.label)}</button>`
    : ''
  const attributes = Object.entries(data).map(([name, value]) => ` data-${name}="${escaped(value)}"`)
  return `<form method="post" action="${escaped(action)}"${attributes.join('')}>${inputs.join('')}${carried.join('')}<button>${escaped(submit)}</button>${other}</form>`
}

export const link = (href: string, text: string, other = false) =>
  `<p><a ${other ? 'class="button other" ' : ''}href="${escaped(href)}">${escaped(text)}</a></p>`

export function redirect(location: string, cookies: string[] = []): WireResponse {
  return {
    status: 302,
    cors: false,
    headers: {
      location,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      ...(cookies.length > 0 ? { 'set-cookie': cookies } : {}),
    },
  }
}
