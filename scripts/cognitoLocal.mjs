// A user pool that others wrote, cognito-local, in a folder of its own that goes with it. It has 128 MB, so it is no dependency of ours.
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider'

/** It prints its codes to the console, or gives out this one. */
export const CODE = '246810'

/** Installs it, starts it, makes a pool whose users sign in by email, and says how to reach it. */
export async function startCognitoLocal(version) {
  const folder = mkdtempSync(join(tmpdir(), 'backline-cognito-local-'))
  let child
  const stop = async () => {
    if (child && child.exitCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
    }
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    writeFileSync(join(folder, 'package.json'), '{ "private": true }')
    const install = ['install', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts']
    execFileSync('npm', [...install, `cognito-local@${version}`], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const port = await freePort()
    mkdirSync(join(folder, '.cognito'))
    writeFileSync(
      join(folder, '.cognito/config.json'),
      JSON.stringify({ ServerConfig: { hostname: '127.0.0.1', port } }),
    )
    child = spawn(process.execPath, [join(folder, 'node_modules/cognito-local/lib/bin/start.js')], {
      cwd: folder,
      env: { ...process.env, CODE },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await new Promise((resolve, reject) => {
      child.stdout.on('data', (chunk) => String(chunk).includes('running on') && resolve())
      child.once('exit', (code) => reject(new Error(`cognito-local ended with ${code} before it was up.`)))
    })
    const url = `http://127.0.0.1:${port}/`
    return { url, stop, ...(await createPool(url)) }
  } catch (error) {
    await stop()
    throw error
  }
}

async function createPool(endpoint) {
  const admin = new CognitoIdentityProviderClient({
    endpoint,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  const { UserPool } = await admin.send(
    new CreateUserPoolCommand({
      PoolName: 'strangers',
      UsernameAttributes: ['email'],
      AutoVerifiedAttributes: ['email'],
      MfaConfiguration: 'OPTIONAL',
    }),
  )
  const { UserPoolClient } = await admin.send(
    new CreateUserPoolClientCommand({ UserPoolId: UserPool.Id, ClientName: 'app' }),
  )
  admin.destroy()
  return { userPoolId: UserPool.Id, userPoolClientId: UserPoolClient.ClientId }
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
