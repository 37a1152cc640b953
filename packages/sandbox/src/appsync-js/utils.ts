import { dynamodb } from './attributes.js'
import { base64, fromBase64, fromUtf8, ksuid, ulid, utf8, uuid } from './encodings.js'
import { Early, Halt, type ResolverError, randomByte, randomFraction, state } from './given.js'
import { format, parse, parseIso, toIso } from './times.js'
import { toExpression, toSubscriptionFilter } from './transforms.js'

// Runs inside the context of a resolver, in the place of `@aws-appsync/utils`, whose package holds types only:
// https://docs.aws.amazon.com/appsync/latest/devguide/resolver-util-reference-js.html

type Values = Record<string, unknown>

const fault = (message: string, errorType?: string, data?: unknown, errorInfo?: unknown): ResolverError => ({
  message: String(message),
  errorType: errorType ?? null,
  data: data ?? null,
  errorInfo: errorInfo ?? null,
})

const now = () => state.given.now

export const util = {
  error(message: string, errorType?: string, data?: unknown, errorInfo?: unknown): never {
    throw new Halt(fault(message, errorType, data, errorInfo))
  },
  appendError(message: string, errorType?: string, data?: unknown, errorInfo?: unknown): void {
    state.appended.push(fault(message, errorType, data, errorInfo))
  },
  unauthorized(): never {
    const { fieldName, parentTypeName } = (state.given.context.info ?? {}) as Record<string, string>
    throw new Halt(fault(`Not Authorized to access ${fieldName} on type ${parentTypeName}`, 'Unauthorized'))
  },
  authType(): string {
    return String(state.given.context.$authType)
  },
  autoId: () => uuid(randomByte),
  autoUlid: () => ulid(now(), randomByte),
  autoKsuid: () => ksuid(now(), randomByte),
  matches: (pattern: string, text: string) => new RegExp(pattern).test(text),
  escapeJavaScript: (text: string) => JSON.stringify(text).slice(1, -1).replace(/'/g, "\\'"),
  urlEncode: (text: string) => encodeURIComponent(text).replace(/%20/g, '+'),
  urlDecode: (text: string) => decodeURIComponent(text.replace(/\+/g, ' ')),
  base64Encode: (text: string) => base64(utf8(text)),
  base64Decode: (text: string) => fromUtf8(fromBase64(text)),
  dynamodb,
  time: {
    nowISO8601: () => toIso(now()),
    nowEpochSeconds: () => Math.floor(now() / 1000),
    nowEpochMilliSeconds: now,
    nowFormatted: (pattern: string, zone?: string) => format(now(), pattern, zone),
    parseFormattedToEpochMilliSeconds: parse,
    parseISO8601ToEpochMilliSeconds: parseIso,
    epochMilliSecondsToSeconds: (at: number) => Math.floor(at / 1000),
    epochMilliSecondsToISO8601: toIso,
    epochMilliSecondsToFormatted: format,
  },
  transform: {
    toDynamoDBFilterExpression: (filter: Values) => JSON.stringify(toExpression(filter)),
    toDynamoDBConditionExpression: (filter: Values) => JSON.stringify(toExpression(filter)),
    toSubscriptionFilter,
  },
  str: {
    toUpper: (text: string) => text.toUpperCase(),
    toLower: (text: string) => text.toLowerCase(),
    toReplace: (text: string, part: string, by: string) => text.replaceAll(part, by),
    normalize: (text: string, form: string) => text.normalize(form.toUpperCase()),
  },
  math: {
    roundNum: (value: number) => Math.round(value),
    minVal: (one: number, other: number) => Math.min(one, other),
    maxVal: (one: number, other: number) => Math.max(one, other),
    randomDouble: randomFraction,
    randomWithinRange: (from: number, to: number) => from + Math.floor(randomFraction() * (to - from)),
  },
  http: {
    copyHeaders: (headers: Values) =>
      Object.fromEntries(
        Object.entries(headers).filter(
          ([name]) => !/^(host|connection|transfer-encoding|content-length|authorization)$/i.test(name),
        ),
      ),
    addResponseHeader(name: string, value: unknown): void {
      state.headers[name] = String(value)
    },
    addResponseHeaders(headers: Values): void {
      for (const [name, value] of Object.entries(headers)) state.headers[name] = String(value)
    },
  },
}

export const extensions = {
  setSubscriptionFilter(filter: unknown): void {
    state.filter = typeof filter === 'string' ? JSON.parse(filter) : filter
  },
  setSubscriptionInvalidationFilter(filter: unknown): void {
    state.invalidationFilter = typeof filter === 'string' ? JSON.parse(filter) : filter
  },
  invalidateSubscriptions(invalidation: unknown): void {
    state.invalidations.push(invalidation)
  },
  /** Nothing is cached here. */
  evictFromApiCache: (): number => 0,
}

export const runtime = {
  earlyReturn(value?: unknown, options?: { skipTo?: 'END' | 'NEXT' }): never {
    throw new Early(value, options?.skipTo ?? 'NEXT')
  },
}
