/** A change that another tab made. */
export interface KeyValueStorageEvent {
  readonly key: string | null
  readonly oldValue: string | null
  readonly newValue: string | null
}

/** Where a session, an upload or a cache outlives the page. The shape is `aws-amplify`'s, so its custom stores fit. */
export interface KeyValueStorageInterface {
  setItem(key: string, value: string): Promise<void>
  getItem(key: string): Promise<string | null>
  removeItem(key: string): Promise<void>
  clear(): Promise<void>
  /** True where single keys may get lost, as on phones: what a refresh can bring back of a session then is brought back. */
  losesKeys?: boolean
  /** Calls back on changes by other tabs. Returns the undo. Stores that cannot tell leave it out. */
  addListener?(listener: (event: KeyValueStorageEvent) => Promise<void>): () => void
}

/** What only live connections need. Apart from the rest, so that only they carry it. */
export interface LivePlatform {
  openSocket(url: string, protocols: string[]): WebSocket
  /** True while the device believes it has a network. */
  isOnline(): boolean
  /** Calls back when the network comes (`true`) or goes. Returns the undo. */
  watchOnline(onChange: (online: boolean) => void): () => void
  /** True while the page or app is in front. */
  isVisible(): boolean
  /** Calls back when the page or app comes to the front (`true`) or leaves it. Returns the undo. */
  watchVisible(onChange: (visible: boolean) => void): () => void
}

/** What an address that was opened for the user led to, where the app lives on meanwhile, as on a phone. */
export interface OpenedPage {
  type: 'success' | 'canceled' | 'error'
  /** Where it came back. */
  url?: string
  error?: unknown
}

/** The page that an app is, in a browser; on a phone, what stands in for it. */
export interface Page {
  /** Where it is now. */
  url(): string
  /** Changes what {@link url} says and loads nothing. */
  replaceUrl(url: string): void
  /** Leaves for another address; or opens it beside the app, and says what came of that. */
  open(url: string, redirects: string[], preferPrivateSession?: boolean): Promise<OpenedPage | undefined>
  /** Calls back when the browser brings the page back as it was left. */
  onRestored(callback: () => void): void
}

/** A file that lies on the device: read in stretches, never as a whole. */
export interface LocalFile {
  size: number
  name?: string
  /** Milliseconds since 1970. */
  lastModified?: number
  /** Its media type, where the device knows it. */
  type?: string
  /** The bytes from `start` up to `end`, which is not included; fewer where the file has become shorter. */
  read(start: number, end: number): Promise<Uint8Array>
  /** Nothing more will be read. */
  close?(): void
}

/** What an uploader of the device is told. */
export interface FileUpload {
  url: string
  method: 'PUT'
  headers: Record<string, string>
  signal: AbortSignal
  onProgress(sent: number, total: number): void
}

/** What the service has answered. */
export interface FileUploaded {
  status: number
  headers: Record<string, string>
  body: string
}

/** Arithmetic modulo the prime of the Secure Remote Password protocol. All numbers are in hexadecimal. */
export interface SrpNumbers {
  /** The prime: that of the 3072-bit group of RFC 5054. */
  readonly N: string
  /** 2^exponent. */
  publicOf(exponent: string): string
  /**
   * (B − k · 2^x)^(a + u · x), or nothing where B is a multiple of the prime.
   *
   * @throws {SyntaxError} for a B that is no number.
   */
  sharedOf(B: string, k: string, x: string, a: string, u: string): string | undefined
}

/** Everything that differs between a browser, a phone, Node and a worker. Looked up when called, never on import. */
export interface Platform extends Partial<LivePlatform> {
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>
  /** The default store: `localStorage` where there is one, memory elsewhere. */
  readonly store: KeyValueStorageInterface
  /** For what belongs to one tab and outlives a reload of it: `sessionStorage` where left out. */
  readonly tabStore?: KeyValueStorageInterface
  /** Creates (`create`) and asks for (`get`) passkeys; what goes in and comes out is JSON as WebAuthn writes it. The browser's own where left out. */
  passkeys?(ceremony: 'create' | 'get', options: object): Promise<object>
  /** The page in a browser, none elsewhere, where left out. */
  readonly page?: Page
  /** The system of a phone, where the app is no page. */
  readonly os?: 'Android' | 'IOS'
  /** Milliseconds since 1970 by the device's clock. For the server's, see `serverTime` in `clock.ts`. */
  now(): number
  randomBytes(length: number): Uint8Array
  sha256(data: Uint8Array): Promise<Uint8Array>
  /** By the engine's `BigInt` where left out. */
  srpNumbers?(): Promise<SrpNumbers>
  /** By `CompressionStream` where left out, which phones do not have. */
  gzip?(data: Uint8Array): Promise<Uint8Array>
  /** By `DecompressionStream` where left out. */
  gunzip?(data: Uint8Array): Promise<Uint8Array>
  /** Opens what an app names by a URI, such as `file:///…/film.mp4` on a phone. Left out where there is no such thing. */
  openFile?(uri: string): Promise<LocalFile>
  /** Sends a file as it lies on the device by a service of its system, which goes on while the app is in the background. Left out where there is none. */
  uploadFile?(uri: string, upload: FileUpload): Promise<FileUploaded>
  /** Runs `work` while holding a lock shared by all tabs of this origin, or at once after `patience` milliseconds. Web Locks by default. */
  withLock?<T>(name: string, patience: number, work: () => Promise<T>): Promise<T>
}
