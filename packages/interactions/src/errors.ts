import { AmplifyError } from '@backline/core/internal'

/** Names we give. Lex's own, like `DependencyFailedException`, pass through unchanged. */
export type InteractionsErrorName =
  | 'BotConversationFailed'
  | 'InvalidBotResponse'
  | 'InvalidMessage'
  | 'NetworkError'
  | 'NoBotConfig'
  | 'NoCredentials'
  | 'PlatformNotSupported'
  | (string & {})

/** What the functions of interactions throw. Branch on `name`. */
export class InteractionsError extends AmplifyError<InteractionsErrorName> {}
