// One database, read by `ampx generate schema-from-database` and by ours, with one certificate: the official generator takes no
// database without TLS, and asks RDS about the host.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer as createHttp } from 'node:http'
import { createRequire } from 'node:module'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { TLSSocket } from 'node:tls'
import { pathToFileURL } from 'node:url'
import { root } from './packages.mjs'

const fromSandbox = createRequire(join(root, 'packages/sandbox/package.json'))

/** What both write of the tables of `events.postgresql.sql`, each in one spelling. */
export async function generateBoth(home) {
  install(home)
  const database = await postgresql(home)
  const rds = await emptyRds()
  const environment = {
    ...process.env,
    SQL_CONNECTION_STRING: `postgres://postgres:postgres@localhost:${database.port}/postgres`,
    SQL_CERT: database.cert,
    AWS_ENDPOINT_URL_RDS: `http://127.0.0.1:${rds.address().port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none',
  }
  try {
    const theirs = join(home, 'theirs.sql.ts')
    const official = `const { SchemaGenerator } = await import('@aws-amplify/schema-generator')
const { SQL_CONNECTION_STRING: uri, SQL_CERT: cert } = process.env
await new SchemaGenerator().generate({
  connectionUri: { secretName: 'SQL_CONNECTION_STRING', value: uri },
  sslCert: { secretName: 'SQL_CERT', value: cert },
  out: ${JSON.stringify(theirs)},
})
process.exit()`
    await run(['--input-type=module', '-e', official], home, environment)
    const ours = join(home, 'ours.sql.ts')
    const bin = join(root, 'packages/backline/bin/backline.mjs')
    const secrets = ['--connection-uri-secret', 'SQL_CONNECTION_STRING', '--ssl-cert-secret', 'SQL_CERT']
    await run([bin, 'generate', 'schema-from-database', ...secrets, '--out', ours], home, environment)
    return { theirs: tidy(readFileSync(theirs, 'utf8')), ours: tidy(readFileSync(ours, 'utf8')) }
  } finally {
    rds.close()
    await database.stop()
  }
}

function install(home) {
  if (existsSync(join(home, 'node_modules/@aws-amplify/schema-generator'))) return
  mkdirSync(home, { recursive: true })
  const dependencies = { '@aws-amplify/schema-generator': '*' }
  writeFileSync(join(home, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies }))
  spawnSync('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts'], {
    cwd: home,
    stdio: 'inherit',
  })
}

/** The official generator has no order of the values of an enum. */
function tidy(text) {
  return text
    .trimEnd()
    .replace(/(a\.enum\(\[)([^\]]*)\]/g, (_, begin, values) =>
      [begin, ...(values.match(/"\w+"/g) ?? []).sort()].join('').replaceAll('""', '", "').concat(']'),
    )
}

/** PGlite speaks no TLS: somebody in front of it does. */
async function postgresql(home) {
  const load = async (name) => import(pathToFileURL(fromSandbox.resolve(name)).href)
  const { PGlite } = await load('@electric-sql/pglite')
  const { PGLiteSocketServer } = await load('@electric-sql/pglite-socket')
  const [keyFile, certFile] = [join(home, 'key.pem'), join(home, 'cert.pem')]
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost']
  const names = ['-addext', 'subjectAltName=DNS:localhost', '-keyout', keyFile, '-out', certFile]
  if (spawnSync('openssl', [...request, ...names]).status !== 0)
    throw new Error('openssl made no certificate.')
  const [key, cert] = [readFileSync(keyFile, 'utf8'), readFileSync(certFile, 'utf8')]

  const db = await PGlite.create()
  await db.exec(readFileSync(join(root, 'packages/sandbox/src/sql/events.postgresql.sql'), 'utf8'))
  const server = new PGLiteSocketServer({ db, port: 0, host: '127.0.0.1', maxConnections: 10 })
  await server.start()
  const inner = Number(server.getServerConn().split(':')[1])
  const front = createServer((socket) => {
    socket.on('error', () => {})
    // Whoever asks for TLS sends eight bytes, and waits for a yes.
    socket.once('data', () => {
      socket.write('S')
      const secured = new TLSSocket(socket, { isServer: true, key, cert })
      const plain = connect(inner, '127.0.0.1')
      for (const each of [secured, plain]) each.on('error', () => {})
      secured.pipe(plain).pipe(secured)
    })
  }).listen(0, '127.0.0.1')
  await once(front, 'listening')
  return {
    cert,
    port: front.address().port,
    stop: async () => {
      front.close()
      await server.stop()
      await db.close()
    },
  }
}

/** An account without databases. */
async function emptyRds() {
  const server = createHttp(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const action = /Action=(\w+)/.exec(body)?.[1] ?? ''
    response.setHeader('content-type', 'text/xml')
    response.end(
      `<${action}Response xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><${action}Result><${action.replace('Describe', '')}/></${action}Result></${action}Response>`,
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

async function run(args, cwd, env) {
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  for await (const chunk of child.stderr) said += chunk
  const code = child.exitCode ?? (await once(child, 'exit'))[0]
  if (code !== 0) throw new Error(`${args.at(-1)} failed:\n${said}`)
}
