import type { ButtonDimension, CampaignContent, InAppMessageCampaign } from './campaign.js'

export type InAppMessageLayout =
  | 'BOTTOM_BANNER'
  | 'CAROUSEL'
  | 'FULL_SCREEN'
  | 'MIDDLE_BANNER'
  | 'MODAL'
  | 'TOP_BANNER'

export type InAppMessageAction = 'CLOSE' | 'DEEP_LINK' | 'LINK'

export type InAppMessageTextAlign = 'center' | 'left' | 'right'

export interface InAppMessageStyle {
  backgroundColor?: string
  borderRadius?: number
  color?: string
  textAlign?: InAppMessageTextAlign
}

export interface InAppMessageImage {
  src: string
}

export interface InAppMessageButton {
  title: string
  action: InAppMessageAction
  url?: string
  style?: InAppMessageStyle
}

interface InAppMessageText {
  content: string
  style?: InAppMessageStyle
}

export interface InAppMessageContent {
  container?: { style?: InAppMessageStyle }
  header?: InAppMessageText
  body?: InAppMessageText
  image?: InAppMessageImage
  primaryButton?: InAppMessageButton
  secondaryButton?: InAppMessageButton
}

/** What is known of a message beside what it shows. */
export interface InAppMessageMetadata {
  /** `CustomConfig` of the campaign. */
  customData?: Record<string, string>
  /** ISO 8601. */
  endDate?: string
  priority?: number
  treatmentId?: string
}

/** A message as an app shows it. */
export interface InAppMessage {
  /** The campaign's. */
  id: string
  layout: InAppMessageLayout
  /** One part; several in a carousel. */
  content: InAppMessageContent[]
  metadata?: InAppMessageMetadata
}

/** Whose own settings of a button hold. */
export type ButtonPlatform = 'Android' | 'IOS' | 'Web' | undefined

export function messageOf(campaign: InAppMessageCampaign, platform: ButtonPlatform): InAppMessage {
  const { CampaignId, InAppMessage, Schedule, Priority, TreatmentId } = campaign
  const { Layout, Content, CustomConfig } = InAppMessage
  return {
    id: CampaignId,
    layout: Layout === 'MOBILE_FEED' ? 'MODAL' : Layout === 'OVERLAYS' ? 'FULL_SCREEN' : Layout,
    content: Content.map((content) => contentOf(content, platform)),
    metadata: {
      customData: CustomConfig,
      endDate: Schedule?.EndDate,
      priority: Priority,
      treatmentId: TreatmentId,
    },
  }
}

function contentOf(content: CampaignContent, platform: ButtonPlatform): InAppMessageContent {
  const { BackgroundColor, HeaderConfig, BodyConfig, ImageUrl, PrimaryBtn, SecondaryBtn } = content
  return {
    ...(BackgroundColor && { container: { style: { backgroundColor: BackgroundColor } } }),
    ...(HeaderConfig && { header: textOf(HeaderConfig.Header, HeaderConfig) }),
    ...(BodyConfig && { body: textOf(BodyConfig.Body, BodyConfig) }),
    ...(ImageUrl && { image: { src: ImageUrl } }),
    ...(PrimaryBtn?.DefaultConfig && { primaryButton: buttonOf(PrimaryBtn, platform) }),
    ...(SecondaryBtn?.DefaultConfig && { secondaryButton: buttonOf(SecondaryBtn, platform) }),
  }
}

function textOf(content: string, { TextColor, Alignment }: { TextColor?: string; Alignment?: string }) {
  const textAlign = Alignment?.toLowerCase() as InAppMessageTextAlign | undefined
  return { content: content ?? '', style: { color: TextColor, textAlign } }
}

function buttonOf(button: ButtonDimension, platform: ButtonPlatform): InAppMessageButton {
  const { Text, ButtonAction, Link, BackgroundColor, BorderRadius, TextColor } = {
    ...button.DefaultConfig,
    ...(platform && button[platform]),
  }
  return {
    title: Text ?? '',
    action: ButtonAction,
    url: Link,
    style: { backgroundColor: BackgroundColor, borderRadius: BorderRadius, color: TextColor },
  }
}
