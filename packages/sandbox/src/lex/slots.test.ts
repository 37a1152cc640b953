import { expect, test } from 'vitest'
import { slotValue } from './slots.js'

/** A Friday. */
const NOW = Date.UTC(2026, 10, 27, 12)
const slotTypes = {
  Room: [
    { value: 'single', synonyms: [] },
    { value: 'double', synonyms: ['twin', 'for two'] },
  ],
}
const value = (type: string, text: string) => slotValue(type, text, { slotTypes }, NOW)?.interpretedValue

test.each([
  ['AMAZON.Number', '3', '3'],
  ['AMAZON.Number', 'for 14 nights please', '14'],
  ['AMAZON.Number', 'twenty-three', '23'],
  ['AMAZON.Number', 'seven', '7'],
  ['AMAZON.Number', 'none of your business', undefined],
  ['AMAZON.Date', 'tomorrow', '2026-11-28'],
  ['AMAZON.Date', 'the day after tomorrow', '2026-11-29'],
  ['AMAZON.Date', 'next monday', '2026-11-30'],
  ['AMAZON.Date', 'friday', '2026-12-04'],
  ['AMAZON.Date', 'december 24th', '2026-12-24'],
  ['AMAZON.Date', '3 Mar', '2027-03-03'],
  ['AMAZON.Date', 'March 3, 2028', '2028-03-03'],
  ['AMAZON.Date', '12/24/2026', '2026-12-24'],
  ['AMAZON.Date', '2027-01-31', '2027-01-31'],
  ['AMAZON.Date', 'february 30', undefined],
  ['AMAZON.Date', 'some day', undefined],
  ['AMAZON.Time', 'at 5 pm', '17:00'],
  ['AMAZON.Time', '12 am', '00:00'],
  ['AMAZON.Time', '17:45', '17:45'],
  ['AMAZON.Time', 'noon', '12:00'],
  ['AMAZON.Time', 'later', undefined],
  ['AMAZON.Duration', 'three nights', 'P3D'],
  ['AMAZON.Duration', '90 minutes', 'PT90M'],
  ['AMAZON.City', 'in new york please', 'New York'],
  ['AMAZON.City', '12345', undefined],
  ['AMAZON.FirstName', 'my name is ada', 'Ada'],
  ['AMAZON.EmailAddress', 'it is ada@example.com', 'ada@example.com'],
  ['AMAZON.PhoneNumber', 'call +1 (555) 010-0199', '+15550100199'],
  ['AMAZON.AlphaNumeric', 'AB-123', 'AB-123'],
  ['AMAZON.FreeFormInput', ' a view of the sea ', 'a view of the sea'],
  ['Room', 'a twin room', 'double'],
  ['Room', 'Single!', 'single'],
  ['Room', 'a suite', undefined],
])('%s takes down "%s" as %s', (type, text, expected) => {
  expect(value(type, text)).toBe(expected)
})
