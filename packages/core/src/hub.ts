export interface HubPayload {
  event: string
  data?: unknown
  message?: string
}
export interface HubCapsule {
  channel: string
  payload: HubPayload
  source: string
  patternInfo?: string[]
}

/** Events of one context. Listeners run at once, in order; one that throws hurts nobody. The owner of core types the channels. */
export class Hub {
  listen(_channel: string, _callback: (capsule: HubCapsule) => void, _name?: string): () => void {
    throw new Error('to be written by the owner of core')
  }
  /** For apps. Protected channels (`auth`, `api`, …) are warned about, as in aws-amplify. */
  dispatch(_channel: string, _payload: HubPayload, _source?: string): void {}
  /** For our stories: emitted once the state has changed. */
  emit(_channel: string, _event: string, _data?: unknown): void {}
}
