import type { Context } from './context.js'

/**
 * Makes a passkey, or shows that one is there. What speaks to a browser is loaded by those who meet a passkey.
 *
 * @throws {Error} `PasskeyNotSupported`; whatever the device throws passes through.
 */
export async function passkey(
  { platform }: Context,
  ceremony: 'create' | 'get',
  options: object,
): Promise<object> {
  const ask = platform.passkeys ?? (await import('./browserPasskeys.js')).browserPasskeys
  return ask(ceremony, options)
}
