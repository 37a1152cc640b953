import type { AttributeDimension, InAppMessageCampaign, MetricDimension } from './campaign.js'

/** Something that happened in the app. */
export interface InAppMessagingEvent {
  name: string
  attributes?: Record<string, string>
  metrics?: Record<string, number>
}

type Dimensions = InAppMessageCampaign['Schedule']['EventFilter']['Dimensions']

/** Is this a message for this event, at this time (milliseconds since 1970)? Caps are not asked. */
export function fits({ Schedule }: InAppMessageCampaign, event: InAppMessagingEvent, now: number): boolean {
  const { EventFilter, EndDate, QuietTime } = Schedule ?? {}
  return (
    isOfType(EventFilter?.Dimensions?.EventType, event.name) &&
    all(EventFilter.Dimensions.Attributes, event.attributes, hasValue) &&
    all(EventFilter.Dimensions.Metrics, event.metrics, compares) &&
    !(EndDate && Date.parse(EndDate) <= now) &&
    !(QuietTime && isQuiet(QuietTime, new Date(now)))
  )
}

/** The names of events that may fit; undefined where any may. */
export function namesFor({ Schedule }: InAppMessageCampaign): string[] | undefined {
  const { DimensionType, Values = [] } = Schedule?.EventFilter?.Dimensions?.EventType ?? {}
  return DimensionType === 'EXCLUSIVE' ? undefined : Values
}

/** Without a type of event it is nobody's message. */
function isOfType(type: Dimensions['EventType'], name: string): boolean {
  return !!type && type.Values.includes(name) === (type.DimensionType !== 'EXCLUSIVE')
}

function all<Dimension, Value>(
  dimensions: Record<string, Dimension> = {},
  values: Record<string, Value> = {},
  fit: (dimension: Dimension, value: Value) => boolean,
): boolean {
  return Object.entries(dimensions).every(
    ([name, dimension]) => Object.hasOwn(values, name) && fit(dimension, values[name] as Value),
  )
}

function hasValue({ AttributeType = 'INCLUSIVE', Values }: AttributeDimension, value: string): boolean {
  const is = (test: (wanted: string) => boolean) => Values.some(test)
  const date = Date.parse(value)
  const at = (index: number) => Date.parse(Values[index] ?? '')
  switch (AttributeType) {
    case 'INCLUSIVE':
      return is((wanted) => wanted === value)
    case 'EXCLUSIVE':
      return !is((wanted) => wanted === value)
    case 'CONTAINS':
      return is((wanted) => value.includes(wanted))
    case 'BEFORE':
      return date < at(0)
    case 'AFTER':
      return date > at(0)
    case 'ON':
      return new Date(date).toDateString() === new Date(at(0)).toDateString() && !Number.isNaN(date)
    case 'BETWEEN':
      return date >= at(0) && date <= at(1)
    default:
      return false
  }
}

function compares({ ComparisonOperator, Value }: MetricDimension, value: number): boolean {
  switch (ComparisonOperator) {
    case 'EQUAL':
      return value === Value
    case 'GREATER_THAN':
      return value > Value
    case 'GREATER_THAN_OR_EQUAL':
      return value >= Value
    case 'LESS_THAN':
      return value < Value
    case 'LESS_THAN_OR_EQUAL':
      return value <= Value
    default:
      return false
  }
}

/** By the clock on the wall of whoever holds the device. What is no time of a day is quiet at none. */
function isQuiet({ Start, End }: { Start: string; End: string }, now: Date): boolean {
  const time = /^([01]\d|2[0-3]):[0-5]\d$/
  if (!time.test(Start) || !time.test(End)) return false
  const at = [now.getHours(), now.getMinutes()].map((part) => `${part}`.padStart(2, '0')).join(':')
  return Start <= End ? at >= Start && at < End : at >= Start || at < End
}

/** Those that no other one is more important than. */
export function mostImportant(campaigns: InAppMessageCampaign[]): InAppMessageCampaign[] {
  const rank = ({ Priority }: InAppMessageCampaign) => Priority || Number.POSITIVE_INFINITY
  const best = Math.min(...campaigns.map(rank))
  return campaigns.filter((each) => rank(each) === best)
}
