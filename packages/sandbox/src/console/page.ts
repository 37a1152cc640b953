/** The page that people see at `/_backline/`: what lies in the inbox, who the users are, which events arrived, what runs. */
export function page(nonce: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Backline sandbox</title>
<style nonce="${nonce}">
  :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
  body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
  h1 { font-size: 1.4rem } h2 { font-size: 1.05rem; margin-top: 2rem }
  table { border-collapse: collapse; width: 100% }
  th, td { text-align: left; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid #8884; vertical-align: top; white-space: pre-line }
  td:first-child { white-space: nowrap } #events td:last-child { overflow-wrap: anywhere }
  code, .code { font: 600 1.05em ui-monospace, monospace }
  .quiet { opacity: .65 } button { font: inherit; margin-right: .5rem }
</style>
<h1>Backline sandbox</h1>
<p id="about" class="quiet">…</p>
<p><button data-advance="3600000">Clock +1 hour</button><button data-advance="86400000">Clock +1 day</button><button id="reset">Reset everything</button></p>
<h2>Inbox</h2>
<table><thead><tr><th>At<th>To<th>Message<th>Code</tr></thead><tbody id="inbox"></tbody></table>
<h2>Users</h2>
<table><thead><tr><th>Username<th>Status<th>Attributes<th>Groups</tr></thead><tbody id="users"></tbody></table>
<h2>Events</h2>
<table><thead><tr><th>At<th>Service<th>To<th>Event</tr></thead><tbody id="events"></tbody></table>
<script nonce="${nonce}" type="module">
  const element = (id) => document.getElementById(id)
  // Text only, never markup: what users typed must not run here.
  const fill = (id, rows, none) => {
    const cells = rows.length ? rows : [[none]]
    element(id).replaceChildren(...cells.map((row) => {
      const line = document.createElement('tr')
      row.forEach((text, column) => {
        const cell = line.insertCell()
        cell.textContent = text
        if (id === 'inbox' && column === 3) cell.className = 'code'
      })
      return line
    }))
  }
  const send = (path, body = {}) => fetch('/_backline/' + path, { method: 'POST', body: JSON.stringify(body) }).then(show)
  async function show() {
    const state = await fetch('/_backline/state').then((answer) => answer.json())
    element('about').textContent = state.url + ' · ' + state.services.join(', ') + ' · ' + new Date(state.now).toLocaleString()
    fill('inbox', state.inbox.reverse().map((each) =>
      [new Date(each.at).toLocaleTimeString(), each.to, each.subject + ': ' + each.body, each.code ?? '']), 'Nothing yet.')
    fill('users', state.users.map((each) =>
      [each.username, each.status, Object.entries(each.attributes).map((pair) => pair.join(': ')).join('\\n'), each.groups.join(', ')]), 'Nobody yet.')
    fill('events', state.events.reverse().map((each) =>
      [new Date(each.at).toLocaleTimeString(), each.service, each.to, each.event]), 'None yet.')
  }
  for (const button of document.querySelectorAll('[data-advance]'))
    button.onclick = () => send('clock', { advance: Number(button.dataset.advance) })
  element('reset').onclick = () => confirm('Drop every user, row and object?') && send('reset')
  const keep = () => show().catch(() => { element('about').textContent = 'The sandbox does not answer.' }).then(() => setTimeout(keep, 1000))
  keep()
</script>
</html>
`
}
