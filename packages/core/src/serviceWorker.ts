import { fromBase64Url } from './bytes.js'
import { AmplifyError } from './errors.js'

// For pages only: it is about the browser's own object, https://developer.mozilla.org/en-US/docs/Web/API/Service_Worker_API.
// aws-amplify also sends a Pinpoint event on each change of state; that is over with Pinpoint, `onStateChange` takes its place.

export type ServiceWorkerStateChangeHandler = (state: ServiceWorkerState) => void

export interface ServiceWorkerOptions {
  /** Called with the state the worker is in, and with each one after it. */
  onStateChange?: ServiceWorkerStateChangeHandler
}

type Worker = globalThis.ServiceWorker

/** Registers a service worker, subscribes it to web push and sends it messages. */
export class ServiceWorker {
  private worker?: Worker
  private registration?: ServiceWorkerRegistration

  /** @throws {AmplifyError} `UndefinedInstance` before `register`. */
  get serviceWorker(): Worker {
    if (this.worker) return this.worker
    throw new AmplifyError('UndefinedInstance', 'Service Worker instance is undefined: call register first.')
  }

  /** @throws {AmplifyError} `Unavailable` where the browser has no service workers or refuses this one. */
  async register(
    filePath = '/service-worker.js',
    scope = '/',
    { onStateChange }: ServiceWorkerOptions = {},
  ): Promise<ServiceWorkerRegistration> {
    let registration: ServiceWorkerRegistration
    try {
      registration = await navigator.serviceWorker.register(filePath, { scope })
    } catch (cause) {
      throw new AmplifyError('Unavailable', 'Service Worker not available.', { cause })
    }
    this.registration = registration
    const worker = registration.installing ?? registration.waiting ?? registration.active ?? undefined
    this.worker = worker
    if (worker && onStateChange) {
      const tell = () => {
        try {
          onStateChange(worker.state)
        } catch (error) {
          console.error('ServiceWorker: onStateChange threw.', error)
        }
      }
      worker.addEventListener('statechange', tell)
      // A worker of an earlier visit does not change any more, so nothing else would tell.
      tell()
    }
    return registration
  }

  /**
   * The page's web-push subscription, made where there is none yet. `publicKey` is the server's VAPID key.
   *
   * @throws {AmplifyError} `UndefinedRegistration` before `register`.
   */
  async enablePush(publicKey: string): Promise<PushSubscription> {
    if (!this.registration) {
      throw new AmplifyError(
        'UndefinedRegistration',
        'Service Worker registration is undefined: call register first.',
      )
    }
    const { pushManager } = this.registration
    return (
      (await pushManager.getSubscription()) ??
      pushManager.subscribe({
        userVisibleOnly: true,
        applicationServerKey: fromBase64Url(publicKey) as Uint8Array<ArrayBuffer>,
      })
    )
  }

  /** Sends a text, or an object as JSON. */
  send(message: object | string): void {
    this.worker?.postMessage(typeof message === 'object' ? JSON.stringify(message) : message)
  }
}
