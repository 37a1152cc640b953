import { onComplete, send } from 'backline/interactions'
import { element, reason } from './elements.ts'
import { signal } from './signals.ts'

const botName = 'TripBot'

export function openChat(): void {
  const field = element<HTMLInputElement>('message')
  const said = element('said')

  const write = (text: string, kind = '') => {
    const item = said.appendChild(document.createElement('li'))
    item.className = kind
    item.textContent = text
    item.scrollIntoView({ block: 'nearest' })
  }

  onComplete({
    botName,
    callback(error) {
      said.dataset.ended = error ? 'failed' : 'fulfilled'
      if (!error) signal('trip_booked')
    },
  })

  element('chat').addEventListener('submit', async (event) => {
    event.preventDefault()
    const message = field.value
    field.value = ''
    write(message, 'mine')
    try {
      write((await send({ botName, message })).message ?? '…')
    } catch (error) {
      write(reason(error), 'failed')
    }
  })
}
