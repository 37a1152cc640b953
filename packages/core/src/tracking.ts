import type { Context } from './context.js'
import { page } from './page.js'

// What automatic analytics sees of a page. Globals are looked up when they are used.

/** An element that something happened to, as far as its markup says what to record. */
export interface TrackedElement {
  /** The kind of event: `click`. */
  type: string
  /** Value of an attribute of the element. */
  attribute(name: string): string | null
  /** `button with id buy` */
  description: string
}

/** True where there is a page with elements. */
export const hasDocument = (): boolean => !!globalThis.document?.addEventListener

/** Calls back for events of elements that have an attribute, wherever in them they begin. Returns the undo. */
export function watchElements(
  events: string[],
  attribute: string,
  onEvent: (element: TrackedElement) => void,
): () => void {
  const listener = ({ type, target }: Event) => {
    const element = (target as Element | null)?.closest?.(`[${attribute}]`)
    if (!element) return
    const description = `${element.localName} with id ${element.id}`
    onEvent({ type, description, attribute: (name) => element.getAttribute(name) })
  }
  for (const event of events) document.addEventListener(event, listener, { capture: true })
  return () => {
    for (const event of events) document.removeEventListener(event, listener, { capture: true })
  }
}

/** Calls back when the address may have changed: by the history, its API, or a link within the page. Returns the undo. */
export function watchAddress(onChange: () => void): () => void {
  const { history } = globalThis
  const undo = (['pushState', 'replaceState'] as const).map((name) => {
    const own = history[name]
    const wrapped = function (this: History, ...args: Parameters<History['pushState']>) {
      own.apply(this, args)
      if (watching) onChange()
    }
    history[name] = wrapped
    return () => {
      // Where somebody has wrapped ours meanwhile, it must stay, and do nothing.
      if (history[name] === wrapped) history[name] = own
    }
  })
  let watching = true
  addEventListener('popstate', onChange)
  return () => {
    watching = false
    removeEventListener('popstate', onChange)
    for (const each of undo) each()
  }
}

/** Origin and path of the page. */
export function pageAddress(ctx: Context): string {
  const { origin, pathname } = new URL(page(ctx)!.url())
  return origin + pathname
}

/** A player on a page, whichever it is. */
export interface Player {
  /** Seconds. */
  position(): { currentTime: number; duration: number }
}

type OnPlayer = (event: 'Play' | 'Pause' | 'Ended', player: Player) => void

/** Calls back for what a `<video>`, an `<audio>` or a YouTube frame does. Returns what it is, or undefined where there is no such element. */
export function watchPlayer(id: string, onEvent: OnPlayer): 'media' | 'frame' | undefined {
  const element = globalThis.document?.getElementById(id)
  if (element instanceof HTMLMediaElement) {
    const player = { position: () => ({ currentTime: element.currentTime, duration: element.duration }) }
    for (const event of ['Play', 'Pause', 'Ended'] as const) {
      element.addEventListener(event.toLowerCase(), () => onEvent(event, player))
    }
    return 'media'
  }
  if (!(element instanceof HTMLIFrameElement)) return undefined
  watchYouTube(element, onEvent)
  return 'frame'
}

/** https://developers.google.com/youtube/iframe_api_reference */
interface YouTube {
  Player: new (
    element: Element,
    options: { events: { onStateChange(event: { data: number }): void } },
  ) => { getCurrentTime(): number; getDuration(): number }
}

function watchYouTube(element: HTMLIFrameElement, onEvent: OnPlayer) {
  const home = globalThis as { YT?: YouTube; onYouTubeIframeAPIReady?: () => void }
  const names = { 0: 'Ended', 1: 'Play', 2: 'Pause' } as const satisfies Record<number, string>
  const attach = () => {
    const youTube = new home.YT!.Player(element, {
      events: {
        onStateChange({ data }) {
          const event = names[data as keyof typeof names]
          if (event) onEvent(event, player)
        },
      },
    })
    const player = {
      position: () => ({ currentTime: youTube.getCurrentTime(), duration: youTube.getDuration() }),
    }
  }
  if (home.YT?.Player) return attach()
  const before = home.onYouTubeIframeAPIReady
  home.onYouTubeIframeAPIReady = () => {
    before?.()
    attach()
  }
  if (before) return
  const script = document.createElement('script')
  script.src = 'https://www.youtube.com/iframe_api'
  document.body.append(script)
}
