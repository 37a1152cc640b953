// An S3 that others wrote: Ceph's gateway on one monitor and one object store in memory, on loopback, in a folder of its own,
// without systemd. Everything started here is stopped here, by its process id.
import { execFileSync, spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const programs = ['ceph', 'ceph-mon', 'ceph-osd', 'monmaptool', 'radosgw', 'radosgw-admin']
const debianPackages = ['radosgw', 'ceph-mon', 'ceph-osd', 'ceph-common']
export const installCommand = `sudo apt-get install -y --no-install-recommends ${debianPackages.join(' ')}`

export function cephIsInstalled() {
  return programs.every((name) =>
    (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, name))),
  )
}

/** Installs it from Debian's packages, where that is possible. */
export function installCeph() {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false
  const apt = (...args) =>
    execFileSync('apt-get', ['-q', ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  apt('update')
  apt('install', '-y', '--no-install-recommends', ...debianPackages)
  return cephIsInstalled()
}

/** Starts the cluster and a user. Resolves when the gateway answers. */
export async function startCeph() {
  const folder = mkdtempSync(join(tmpdir(), 'backline-ceph-'))
  const running = []
  const stop = async () => {
    for (const { child, ended } of running.reverse()) {
      child.kill('SIGTERM')
      const patience = setTimeout(() => child.kill('SIGKILL'), 5_000)
      await ended
      clearTimeout(patience)
    }
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    return { ...(await start(folder, running)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function start(folder, running) {
  const [monitorPort, gatewayPort] = [await freePort(), await freePort()]
  const fsid = randomUUID()
  const monitorData = join(folder, 'mon')
  const storeData = join(folder, 'osd')
  for (const each of [monitorData, storeData]) mkdirSync(each)
  writeFileSync(
    join(folder, 'ceph.conf'),
    `[global]
fsid = ${fsid}
mon host = [v2:127.0.0.1:${monitorPort}/0]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind msgr1 = false
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
run dir = ${folder}
admin socket = ${folder}/$cluster-$name.$pid.asok
log file = ${folder}/$name.log
crash dir = ${folder}
mon data = ${monitorData}
mon allow pool size one = true
mon warn on pool no redundancy = false
mon data avail crit = 1
osd data = ${storeData}
osd objectstore = memstore
memstore device bytes = 1073741824
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
rgw frontends = beast endpoint=127.0.0.1:${gatewayPort}
rgw dns name = localhost
`,
  )
  const conf = ['-c', join(folder, 'ceph.conf')]
  const call = (name, ...args) =>
    execFileSync(name, [...conf, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
    })
  const daemon = (name, ...args) => {
    const child = spawn(name, [...conf, '-f', ...args], { stdio: 'ignore' })
    running.push({ child, ended: new Promise((resolve) => child.once('exit', resolve)) })
    return child
  }

  const map = join(folder, 'monmap')
  execFileSync(
    'monmaptool',
    ['--create', '--fsid', fsid, '--addv', 'a', `[v2:127.0.0.1:${monitorPort}/0]`, map],
    { stdio: 'ignore' },
  )
  call('ceph-mon', '--mkfs', '-i', 'a', '--monmap', map)
  daemon('ceph-mon', '-i', 'a')

  const uuid = randomUUID()
  call('ceph', 'osd', 'new', uuid)
  call('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', uuid)
  daemon('ceph-osd', '-i', '0')

  const accessKeyId = randomBytes(10).toString('hex').toUpperCase()
  const secretAccessKey = randomBytes(20).toString('hex')
  const keys = ['--access-key', accessKeyId, '--secret-key', secretAccessKey]
  call('radosgw-admin', 'user', 'create', '--uid', 'backline', '--display-name', 'backline', ...keys)
  const gateway = daemon('radosgw', '-n', 'client.rgw')

  const url = `http://localhost:${gatewayPort}`
  for (let tries = 0; ; tries++) {
    if (
      await fetch(url).then(
        (response) => response.text(),
        () => false,
      )
    )
      break
    if (tries > 300 || gateway.exitCode !== null)
      throw new Error(`The gateway did not start.\n${tailOf(join(folder, 'client.rgw.log'))}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return { url, credentials: { accessKeyId, secretAccessKey } }
}

function tailOf(file) {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(-20).join('\n') : ''
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}
