import { AmplifyError } from '@backline/core/internal'

/** Names we give. */
export type ReactNativeErrorName = 'PackageNotInstalled' | 'FileNotReadable'

export class ReactNativeError extends AmplifyError<ReactNativeErrorName> {}

/** What is said where a package is wanted that the app does not have. */
export function notInstalled(name: string, why: string, otherwise = ''): ReactNativeError {
  return new ReactNativeError('PackageNotInstalled', `${name} is not installed, and ${why}.`, {
    recoverySuggestion: `Run \`npx expo install ${name}\`, or \`npm install ${name}\` and \`npx pod-install\`, and build the app anew.${otherwise && ` Or ${otherwise}.`}`,
  })
}
