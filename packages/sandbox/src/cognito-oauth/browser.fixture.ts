/** A browser without scripts: keeps cookies, follows what stays on the sandbox, sends forms. */
export function createBrowser(home: string) {
  const cookies = new Map<string, string>()

  async function visit(target: string, init: RequestInit = {}): Promise<Seen> {
    const url = new URL(target, home)
    const answer = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: {
        ...init.headers,
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      },
    })
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
      if (/Max-Age=0/.test(line)) cookies.delete(name!)
      else cookies.set(name!, value!)
    }
    const location = answer.headers.get('location')
    if (location && new URL(location, url).origin === new URL(home).origin)
      return visit(new URL(location, url).href)
    return {
      status: answer.status,
      html: await answer.text(),
      left: location ? new URL(location) : undefined,
    }
  }

  return {
    visit,
    /** Fills the page's first form in and sends it. */
    async submit({ html }: Seen, fields: Record<string, string>): Promise<Seen> {
      const plain = (text: string) =>
        text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
      const [, action, inside] = /<form method="post" action="([^"]+)">(.*?)<\/form>/s.exec(html)!
      const hidden = [...inside!.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)]
      const values = hidden.map(([, name, value]) => [plain(name!), plain(value!)])
      return visit(plain(action!), {
        method: 'POST',
        body: new URLSearchParams([...values, ...Object.entries(fields)] as [string, string][]),
      })
    },
  }
}

export interface Seen {
  status: number
  html: string
  /** Where the browser was sent away to. */
  left: URL | undefined
}
