// The formats that strings of custom resources may be asked to have. All others are taken as they are.
// kubernetes: apiextensions pkg/apiserver/validation/formats.go, kube-openapi pkg/validation/strfmt
import { Base64Error, canonicalBase64 } from '#apimachinery/base64.ts'
import { own } from '#apimachinery/object.ts'
import { daysIn } from '#apimachinery/time.ts'
import { isDns1123Label, isDns1123Subdomain } from '#apimachinery/validation/names.ts'
import { parseIp } from '#net/ip.ts'

const form =
  (pattern: RegExp) =>
  (text: string): boolean =>
    pattern.test(text)

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i
const uuid = (version: number): RegExp =>
  new RegExp(
    `^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?${version === 3 ? '[0-9a-f]' : '[89ab]'}[0-9a-f]{3}-?[0-9a-f]{12}$`,
    'i',
  )

const isDate = (text: string): boolean => {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (match === null) return false
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month)
}

const DATE_TIME = /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/

const isDateTime = (text: string): boolean => {
  const match = DATE_TIME.exec(text)
  if (match === null || !isDate(match[1]!)) return false
  return Number(match[2]) <= 23 && Number(match[3]) <= 59 && Number(match[4]) <= 59
}

// Go's durations, and the words that strfmt adds: `3 days`
const DURATION =
  /^[+-]?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$|^(?:\d+(?:\.\d+)?\s*(?:ns|nanos?(?:econds?)?|us|µs|micros?(?:econds?)?|ms|millis?(?:econds?)?|s|secs?(?:onds?)?|m|mins?(?:utes?)?|h|hrs?|hours?|d|days?|w|wks?|weeks?)\s*)+$/

const isIp =
  (version: 4 | 6) =>
  (text: string): boolean =>
    parseIp(text)?.version === version

const isCidr = (text: string): boolean => {
  const slash = text.indexOf('/')
  const ip = slash < 0 ? undefined : parseIp(text.slice(0, slash))
  const bits = text.slice(slash + 1)
  return ip !== undefined && /^\d{1,3}$/.test(bits) && Number(bits) <= (ip.version === 4 ? 32 : 128)
}

const isBase64 = (text: string): boolean => {
  try {
    canonicalBase64(text)
    return true
  } catch (error) {
    if (error instanceof Base64Error) return false
    throw error
  }
}

const isHostname = (text: string): boolean =>
  text.length <= 255 &&
  text !== '' &&
  text
    .split('.')
    .every(
      (label) => label.length <= 63 && /^[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?$/u.test(label),
    )

const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  bsonobjectid: form(/^[0-9a-f]{24}$/i),
  uri: form(/^(?:[A-Za-z][A-Za-z0-9+.-]*:[^\s]+|\/[^\s]*)$/),
  email: form(/^[^\s@<>(),;:\\"[\]]+@[^\s@<>(),;:\\"[\]]+$/),
  hostname: isHostname,
  ipv4: isIp(4),
  ipv6: isIp(6),
  cidr: isCidr,
  mac: form(
    /^(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1){4}(?:[0-9a-f]{2}\1[0-9a-f]{2}\1)?[0-9a-f]{2}$/i,
  ),
  uuid: form(UUID),
  uuid3: form(uuid(3)),
  uuid4: form(uuid(4)),
  uuid5: form(uuid(5)),
  isbn: form(/^(?:\d{9}[\dXx]|\d{13})$/),
  isbn10: form(/^\d{9}[\dXx]$/),
  isbn13: form(/^\d{13}$/),
  creditcard: form(/^\d{13,19}$/),
  ssn: form(/^\d{3}[- ]?\d{2}[- ]?\d{4}$/),
  hexcolor: form(/^#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/),
  rgbcolor: form(/^rgb\(\s*(?:\d{1,3}%?\s*,\s*){2}\d{1,3}%?\s*\)$/),
  byte: isBase64,
  password: () => true,
  date: isDate,
  duration: form(DURATION),
  datetime: isDateTime,
  'k8s-short-name': (text) => isDns1123Label(text).length === 0,
  'k8s-long-name': (text) => isDns1123Subdomain(text).length === 0,
}

/** Whether strings are held to a format of this name. */
export const isKnownFormat = (format: string): boolean => checkOf(format) !== undefined

export const hasFormat = (format: string, text: string): boolean => checkOf(format)?.(text) ?? true

// upstream leaves dashes out of names
const checkOf = (format: string): ((text: string) => boolean) | undefined =>
  own(FORMATS, format) ?? own(FORMATS, format.replaceAll('-', ''))
