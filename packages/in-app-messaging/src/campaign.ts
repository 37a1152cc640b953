// Campaigns as Pinpoint writes them, and as a document or a provider of the app's own does:
// https://docs.aws.amazon.com/pinpoint/latest/apireference/apps-application-id-endpoints-endpoint-id-inappmessages.html

/** What an attribute of an event has to be. */
export interface AttributeDimension {
  /** `INCLUSIVE`, one of the values, where left out. The last four compare dates. */
  AttributeType?: 'INCLUSIVE' | 'EXCLUSIVE' | 'CONTAINS' | 'BEFORE' | 'AFTER' | 'ON' | 'BETWEEN'
  Values: string[]
}

/** What a metric of an event has to be. */
export interface MetricDimension {
  ComparisonOperator: 'EQUAL' | 'GREATER_THAN' | 'GREATER_THAN_OR_EQUAL' | 'LESS_THAN' | 'LESS_THAN_OR_EQUAL'
  Value: number
}

interface ButtonConfig {
  ButtonAction: 'CLOSE' | 'DEEP_LINK' | 'LINK'
  Text?: string
  Link?: string
  BackgroundColor?: string
  BorderRadius?: number
  TextColor?: string
}

/** A button; what a platform says of its own is put over what holds for all. */
export interface ButtonDimension {
  DefaultConfig: ButtonConfig
  Android?: Partial<ButtonConfig>
  IOS?: Partial<ButtonConfig>
  Web?: Partial<ButtonConfig>
}

type Alignment = 'LEFT' | 'CENTER' | 'RIGHT'

export interface CampaignContent {
  BackgroundColor?: string
  HeaderConfig?: { Header: string; TextColor?: string; Alignment?: Alignment }
  BodyConfig?: { Body: string; TextColor?: string; Alignment?: Alignment }
  ImageUrl?: string
  PrimaryBtn?: ButtonDimension
  SecondaryBtn?: ButtonDimension
}

/** A message, and when it is shown. */
export interface InAppMessageCampaign {
  CampaignId: string
  InAppMessage: {
    /** Pinpoint's console writes `MOBILE_FEED` for a modal and `OVERLAYS` for a full screen. */
    Layout:
      | 'BOTTOM_BANNER'
      | 'CAROUSEL'
      | 'FULL_SCREEN'
      | 'MIDDLE_BANNER'
      | 'MODAL'
      | 'TOP_BANNER'
      | 'MOBILE_FEED'
      | 'OVERLAYS'
    Content: CampaignContent[]
    CustomConfig?: Record<string, string>
  }
  Schedule: {
    EventFilter: {
      FilterType?: 'SYSTEM' | 'ENDPOINT'
      Dimensions: {
        EventType?: { DimensionType?: 'INCLUSIVE' | 'EXCLUSIVE'; Values: string[] }
        Attributes?: Record<string, AttributeDimension>
        Metrics?: Record<string, MetricDimension>
      }
    }
    /** ISO 8601. Never shown after it. */
    EndDate?: string
    /** `HH:mm` by the clock on the wall. Not shown between them; over midnight where the end is the earlier one. */
    QuietTime?: { Start: string; End: string }
  }
  /** The smaller the number, the more important; those without one come last. */
  Priority?: number
  /** How often it is shown from one coming to the front to the next. */
  SessionCap?: number
  /** It is not shown once any messages were shown so often on one day. */
  DailyCap?: number
  /** How often it is shown at all. */
  TotalCap?: number
  TreatmentId?: string
}

/** What is wrong with a list of campaigns, in words that follow its name; undefined where nothing is. */
export function wrongWith(campaigns: unknown): string | undefined {
  if (!Array.isArray(campaigns)) return ' must be a list of campaigns'
  for (const [index, campaign] of campaigns.entries()) {
    const { CampaignId, InAppMessage, Schedule } = (campaign ?? {}) as Partial<InAppMessageCampaign>
    if (typeof CampaignId !== 'string' || !CampaignId) return `[${index}].CampaignId must be a text`
    if (!Array.isArray(InAppMessage?.Content)) return `[${index}].InAppMessage.Content must be a list`
    if (typeof InAppMessage.Layout !== 'string') return `[${index}].InAppMessage.Layout must be a text`
    const { EventType, Attributes = {}, Metrics = {} } = Schedule?.EventFilter?.Dimensions ?? {}
    const path = `[${index}].Schedule.EventFilter.Dimensions`
    if (EventType && !Array.isArray(EventType.Values)) return `${path}.EventType.Values must be a list`
    for (const name in Attributes) {
      if (!Array.isArray(Attributes[name]?.Values)) return `${path}.Attributes.${name}.Values must be a list`
    }
    for (const name in Metrics) {
      if (typeof Metrics[name]?.Value !== 'number') return `${path}.Metrics.${name}.Value must be a number`
    }
  }
  return undefined
}

/** Those that can be shown, of what a store says: anything may write there. */
export function campaignsIn(text: string | null): InAppMessageCampaign[] {
  try {
    const campaigns: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(campaigns) ? campaigns.filter((each) => !wrongWith([each])) : []
  } catch {
    return []
  }
}
