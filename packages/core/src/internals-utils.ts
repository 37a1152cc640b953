// `@aws-amplify/core/internals/utils`, as far as the component libraries of Amplify read it (`@aws-amplify/ui` 6.15). An app that has them
// installs us under the name of `@aws-amplify/core`: docs/decisions/0018. Nothing of ours imports this file.

// The values are the service's tags for what a program calls; official ones, so that who compares them finds them equal.

export const AmplifyErrorCode = {
  NoEndpointId: 'NoEndpointId',
  PlatformNotSupported: 'PlatformNotSupported',
  Unknown: 'Unknown',
  NetworkError: 'NetworkError',
} as const
export type AmplifyErrorCode = (typeof AmplifyErrorCode)[keyof typeof AmplifyErrorCode]

export const Category = {
  AI: 'ai',
  API: 'api',
  Auth: 'auth',
  Analytics: 'analytics',
  DataStore: 'datastore',
  Geo: 'geo',
  InAppMessaging: 'inappmessaging',
  Interactions: 'interactions',
  Predictions: 'predictions',
  PubSub: 'pubsub',
  PushNotification: 'pushnotification',
  Storage: 'storage',
} as const
export type Category = (typeof Category)[keyof typeof Category]

export const AiAction = {
  CreateConversation: '1',
  GetConversation: '2',
  ListConversations: '3',
  DeleteConversation: '4',
  SendMessage: '5',
  ListMessages: '6',
  OnMessage: '7',
  Generation: '8',
  UpdateConversation: '9',
} as const

export const AuthAction = {
  SignUp: '1',
  ConfirmSignUp: '2',
  ResendSignUpCode: '3',
  SignIn: '4',
  FetchMFAPreference: '6',
  UpdateMFAPreference: '7',
  SetUpTOTP: '10',
  VerifyTOTPSetup: '11',
  ConfirmSignIn: '12',
  DeleteUserAttributes: '15',
  DeleteUser: '16',
  UpdateUserAttributes: '17',
  FetchUserAttributes: '18',
  ConfirmUserAttribute: '22',
  SignOut: '26',
  UpdatePassword: '27',
  ResetPassword: '28',
  ConfirmResetPassword: '29',
  FederatedSignIn: '30',
  RememberDevice: '32',
  ForgetDevice: '33',
  FetchDevices: '34',
  SendUserAttributeVerificationCode: '35',
  SignInWithRedirect: '36',
  StartWebAuthnRegistration: '37',
  CompleteWebAuthnRegistration: '38',
  ListWebAuthnCredentials: '39',
  DeleteWebAuthnCredential: '40',
} as const

export const GeoAction = {
  SearchByText: '0',
  SearchByCoordinates: '1',
  SearchForSuggestions: '2',
  SearchByPlaceId: '3',
  SaveGeofences: '4',
  GetGeofence: '5',
  ListGeofences: '6',
  DeleteGeofences: '7',
} as const

export const InAppMessagingAction = {
  SyncMessages: '1',
  IdentifyUser: '2',
  NotifyMessageInteraction: '3',
} as const

export const StorageAction = {
  UploadData: '1',
  DownloadData: '2',
  List: '3',
  Copy: '4',
  Remove: '5',
  GetProperties: '6',
  GetUrl: '7',
  GetDataAccess: '8',
  ListCallerAccessGrants: '9',
} as const

export interface SetCustomUserAgentInput {
  category: Category
  apis: string[]
  additionalDetails: [string, string?][]
}

/**
 * A component announces itself here, to be named in the `x-amz-user-agent` of the requests it causes. We send no such header, so there
 * is nothing to keep; what comes back ends the announcement.
 */
export function setCustomUserAgent(_announcement: SetCustomUserAgentInput): () => void {
  return () => {}
}
