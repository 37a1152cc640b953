import {
  AdminAddUserToGroupCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider'
import type { PostConfirmationTriggerHandler } from './official.fixture.js'

const client = new CognitoIdentityProviderClient()

/** The `postConfirmation` of Amplify's documentation, as apps have it. */
export const handler: PostConfirmationTriggerHandler = async (event) => {
  await client.send(
    new AdminAddUserToGroupCommand({
      GroupName: process.env.GROUP_NAME,
      Username: event.userName,
      UserPoolId: event.userPoolId,
    }),
  )
  return event
}
