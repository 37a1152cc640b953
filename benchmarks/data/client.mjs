// A library as its users have it.

/** `library` is `backline` or `aws-amplify`. */
export async function open(library) {
  // aws-amplify connects over TLS only.
  const Socket = globalThis.WebSocket
  globalThis.WebSocket = class extends Socket {
    constructor(url, protocols) {
      super(String(url).replace('wss:', 'ws:'), protocols)
    }
  }
  const { Amplify } = await import(library)
  const { generateClient } = await import(`${library}/data`)
  return {
    configure: (config) => Amplify.configure(config),
    client: generateClient,
    todos(config, options) {
      Amplify.configure(config)
      return generateClient(options).models.Todo
    },
  }
}
