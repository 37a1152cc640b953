// Servers that no framework's adapter is for: the web's `Request` and `Response`.
export * from '@backline/ssr'
