import { existsSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Chromium, headless, with a fresh profile and more flags, if any. A missing one fails the tests: nothing is skipped. */
export async function openChromium(flags: string[] = []): Promise<Browser> {
  const wanted = process.env.BACKLINE_CHROMIUM
  const executablePath = wanted ?? PLACES.find((each) => existsSync(each))
  if (!executablePath || !existsSync(executablePath)) {
    throw new Error(
      `${wanted ? `BACKLINE_CHROMIUM is ${wanted}, which does not exist` : 'There is no Chromium here'}. Install it with:  sudo apt-get install -y chromium\nor set BACKLINE_CHROMIUM to the program.`,
    )
  }
  return chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...flags,
    ],
  })
}

/** Keeps what the page says on its console, to be shown when a test on it fails. */
export function consoleOf(page: Page): string[] {
  const lines: string[] = []
  page.on('console', (message) => lines.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => lines.push(`uncaught: ${error.stack ?? error.message}`))
  return lines
}

const folder = fileURLToPath(new URL('../../.screenshots/', import.meta.url))

/** For people to look at; git ignores the folder. */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: `${folder}${name}.png` })
}
