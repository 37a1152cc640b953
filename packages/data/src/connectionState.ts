/** The state of a real-time connection, as told on the Hub: channel `api`, event {@link CONNECTION_STATE_CHANGE}. */
export const ConnectionState = {
  /** Alive and healthy. */
  Connected: 'Connected',
  /** Alive, but the device has no network. */
  ConnectedPendingNetwork: 'ConnectedPendingNetwork',
  /** Lost while in use. */
  ConnectionDisrupted: 'ConnectionDisrupted',
  /** Lost while in use, and the device has no network. */
  ConnectionDisruptedPendingNetwork: 'ConnectionDisruptedPendingNetwork',
  /** Being made. */
  Connecting: 'Connecting',
  /** Not in use, about to be closed. */
  ConnectedPendingDisconnect: 'ConnectedPendingDisconnect',
  /** Not in use. */
  Disconnected: 'Disconnected',
  /** Alive, but the server has been silent for a while. */
  ConnectedPendingKeepAlive: 'ConnectedPendingKeepAlive',
} as const
export type ConnectionState = (typeof ConnectionState)[keyof typeof ConnectionState]

export const CONNECTION_STATE_CHANGE = 'ConnectionStateChange'
