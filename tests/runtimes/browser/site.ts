import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/**
 * Bundles the journeys as an app's bundler would, on the built packages, and serves them as a site of its own origin, at every path. What is
 * posted to it goes to `take`.
 */
export async function openSite(page = 'page.ts', take?: (body: string) => void) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(page, import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    sourcemap: 'inline',
    logLevel: 'error',
  })
  const script = outputFiles[0]!.contents
  const server = createServer(async (request, answer) => {
    const path = request.url?.split('?')[0]
    if (request.method === 'POST' && take) {
      take(Buffer.concat(await request.toArray()).toString())
      answer.writeHead(204).end()
    } else if (path === '/page.js') {
      answer.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8' }).end(script)
    } else if (path && !path.includes('.')) {
      answer
        .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
        .end(
          '<!doctype html><title>Journeys</title><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>',
        )
    } else answer.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
