import { randomUUID } from 'node:crypto'
import type { WireResponse } from '../service.js'

// How AppSync answers over HTTP.

/** Names for statuses that somebody ordered, or that went wrong inside. */
const NAMES: Record<number, string> = {
  401: 'UnauthorizedException',
  403: 'AccessDeniedException',
  413: 'RequestEntityTooLargeException',
  429: 'ThrottlingException',
  503: 'ServiceUnavailableException',
}

export const faultOf = (status: number, message: string): WireResponse =>
  failureOf(
    status,
    NAMES[status] ?? (status < 500 ? 'BadRequestException' : 'InternalFailureException'),
    message,
  )

export const failureOf = (status: number, errorType: string, message: string): WireResponse =>
  json(status, { errors: [{ errorType, message }] }, { 'x-amzn-errortype': errorType })

export const json = (status: number, body: unknown, headers: Record<string, string> = {}): WireResponse => ({
  status,
  headers: { 'content-type': 'application/json;charset=UTF-8', 'x-amzn-requestid': randomUUID(), ...headers },
  body: JSON.stringify(body),
})
