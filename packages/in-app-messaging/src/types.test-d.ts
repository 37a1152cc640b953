import type * as official from 'aws-amplify/in-app-messaging'
import type * as ours from './index.js'

// What an app has of the official types it can give to ours, and what it gets from ours it can use as the official ones.

type Fits<From extends To, To> = From
export type Inputs = [
  Fits<official.DispatchEventInput, ours.DispatchEventInput>,
  Fits<official.IdentifyUserInput, ours.IdentifyUserInput>,
  Fits<official.NotifyMessageInteractionInput, ours.NotifyMessageInteractionInput>,
  Fits<official.SetConflictHandlerInput, ours.SetConflictHandlerInput>,
  Fits<official.OnMessageReceivedInput, ours.OnMessageReceivedInput>,
  Fits<official.OnMessageDisplayedInput, ours.OnMessageDisplayedInput>,
  Fits<official.OnMessageDismissedInput, ours.OnMessageDismissedInput>,
  Fits<official.OnMessageActionTakenInput, ours.OnMessageActionTakenInput>,
]
export type Outputs = [
  Fits<ours.InAppMessage, official.InAppMessage>,
  Fits<ours.InAppMessageAction, official.InAppMessageAction>,
  Fits<ours.InAppMessageButton, official.InAppMessageButton>,
  Fits<ours.InAppMessageContent, official.InAppMessageContent>,
  Fits<ours.InAppMessageImage, official.InAppMessageImage>,
  Fits<ours.InAppMessageLayout, official.InAppMessageLayout>,
  Fits<ours.InAppMessageStyle, official.InAppMessageStyle>,
  Fits<ours.InAppMessageTextAlign, official.InAppMessageTextAlign>,
  Fits<ours.OnMessageReceivedOutput, official.OnMessageReceivedOutput>,
  Fits<ours.OnMessageDisplayedOutput, official.OnMessageDisplayedOutput>,
  Fits<ours.OnMessageDismissedOutput, official.OnMessageDismissedOutput>,
  Fits<ours.OnMessageActionTakenOutput, official.OnMessageActionTakenOutput>,
]
// @ts-expect-error a message has an id
export type Wrong = Fits<{ layout: 'MODAL'; content: [] }, ours.InAppMessage>
