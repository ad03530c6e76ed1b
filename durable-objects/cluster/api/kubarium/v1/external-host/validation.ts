import type {
  ExternalHost,
  ExternalHostPort,
  ExternalHostRecord,
  ExternalHostSpec,
} from '#api/kubarium/v1/external-host/types.ts'
import { validateReplies } from '#api/kubarium/v1/image/validate-replies.ts'
import {
  atMost,
  type Check,
  checked,
  inRange,
  validateDuration,
  validateText,
  words,
} from '#api/kubarium/v1/image/validate-values.ts'
import {
  at,
  child,
  duplicateValue,
  type FieldError,
  forbiddenValue,
  invalidValue,
  notSupported,
  requiredValue,
} from '#apimachinery/field-error.ts'
import { isValidIp, validateEndpointIp } from '#apimachinery/validation/ip.ts'
import { isDns1123Subdomain, isValidPortNumber } from '#apimachinery/validation/names.ts'
import { parseIp } from '#net/ip.ts'

const MOST_NAMES = 16
const MOST_ADDRESSES = 8
const MOST_RECORDS = 32
const MOST_PORTS = 16
const LONGEST_SPEC = 128 * 1024
/** One string of a TXT record. */
const LONGEST_TEXT = 255
const LONGEST_TTL = 86_400
/** 224.0.0.0 */
const FIRST_MULTICAST = 0xe000_0000
const PROTOCOLS = ['SCTP', 'TCP', 'UDP']
const TYPES = ['CNAME', 'MX', 'TXT']

export const validateExternalHost = ({ spec }: ExternalHost): readonly FieldError[] => [
  ...validateIdentity(spec ?? {}),
  ...atMost('spec.hostnames', spec?.hostnames, MOST_NAMES, validateHostname),
  ...atMost('spec.addresses', spec?.addresses, MOST_ADDRESSES, validateAddress),
  ...atMost('spec.records', spec?.records, MOST_RECORDS, validateRecord),
  ...validateAliases(spec ?? {}),
  ...inRange('spec.ttlSeconds', spec?.ttlSeconds, 0, LONGEST_TTL),
  ...atMost('spec.ports', spec?.ports, MOST_PORTS, validatePort),
  ...validateReplies('spec.ports', spec?.ports ?? []),
  ...validateDuration('spec.delay', spec?.delay),
  ...validateText('spec', JSON.stringify(spec ?? {}), LONGEST_SPEC),
]

/** Nobody could ask for a machine without any. */
const validateIdentity = (spec: ExternalHostSpec): readonly FieldError[] => {
  const { hostnames = [], addresses = [], records = [], ports = [] } = spec
  if (addresses.length > 0) return []
  if (hostnames.length > 0 || ports.length > 0)
    return [requiredValue('spec.addresses', 'must be set if hostnames or ports are')]
  return records.length > 0
    ? []
    : [requiredValue('spec.addresses', 'must be set if no records are')]
}

const validateName = (path: string, name: string | undefined): readonly FieldError[] => {
  if (name === undefined || name === '') return [requiredValue(path)]
  const errors = checked(path, name, isDns1123Subdomain(name))
  if (errors.length > 0) return errors
  return /(^|\.)cluster\.local$|^localhost$/.test(name)
    ? [invalidValue(path, words(name), 'names inside the cluster are not names of the internet')]
    : []
}

const validateHostname: Check<string> = (path, name, index, all) => [
  ...validateName(path, name),
  ...(all.indexOf(name) < index ? [duplicateValue(path, words(name))] : []),
]

const validateAddress: Check<string> = (path, text, index, all) => {
  const errors = checked(path, text, isValidIp(text))
  if (errors.length > 0) return errors
  if (all.indexOf(text) < index) return [duplicateValue(path, text)]
  const ip = parseIp(text)!
  return ip.version === 4 && ip.value >= FIRST_MULTICAST
    ? [invalidValue(path, text, 'may not be a multicast or reserved address')]
    : validateEndpointIp(text, path)
}

const validateRecord: Check<ExternalHostRecord> = (path, { name, type, value }) => [
  ...validateName(child(path, 'name'), name),
  ...(TYPES.includes(type) ? [] : [notSupported(child(path, 'type'), words(type ?? ''), TYPES)]),
  ...validateRecordValue(child(path, 'value'), type, value),
]

const validateRecordValue = (
  path: string,
  type: string,
  value: string | undefined,
): readonly FieldError[] => {
  if (value === undefined || value === '') return [requiredValue(path)]
  if (type === 'CNAME') return checked(path, value, isDns1123Subdomain(value))
  if (type === 'TXT') return validateText(path, value, LONGEST_TEXT)
  if (type !== 'MX') return []
  const [, preference, server] = /^(\d{1,5}) (\S{1,253})$/.exec(value) ?? []
  return server !== undefined &&
    Number(preference) < 65_536 &&
    isDns1123Subdomain(server).length === 0
    ? []
    : [
        invalidValue(
          path,
          words(value),
          'must be a preference from 0 to 65535 and the name of a mail server, such as "10 mail.example.com"',
        ),
      ]
}

/** A name that stands for another one has nothing of its own. */
const validateAliases = ({ hostnames = [], records = [] }: ExternalHostSpec) => {
  const looked = records.slice(0, MOST_RECORDS)
  return looked.flatMap(({ name, type }, index): readonly FieldError[] => {
    if (type !== 'CNAME') return []
    const hasMore =
      hostnames.includes(name) ||
      looked.some((other, place) => place !== index && other.name === name)
    return hasMore
      ? [
          forbiddenValue(
            child(at('spec.records', index), 'type'),
            'a name with a CNAME record may have no other records and may not be among the hostnames',
          ),
        ]
      : []
  })
}

const validatePort: Check<ExternalHostPort> = (path, given, index, all) => {
  const { port, protocol = 'TCP', tls, replies = [] } = given
  const isSame = (other: ExternalHostPort): boolean =>
    other.port === port && (other.protocol ?? 'TCP') === protocol
  return [
    ...checked(child(path, 'port'), port, isValidPortNumber(port)),
    ...(all.findIndex(isSame) < index ? [duplicateValue(child(path, 'port'), port)] : []),
    ...(PROTOCOLS.includes(protocol)
      ? []
      : [notSupported(child(path, 'protocol'), words(protocol), PROTOCOLS)]),
    ...(protocol !== 'TCP' && tls === true
      ? [forbiddenValue(child(path, 'tls'), 'TLS is spoken over TCP only')]
      : []),
    ...(protocol !== 'TCP' && replies.length > 0
      ? [forbiddenValue(child(path, 'replies'), 'HTTP is answered over TCP only')]
      : []),
    ...replies.flatMap(({ calls }, place) =>
      calls === undefined
        ? []
        : [
            forbiddenValue(
              child(at(child(path, 'replies'), place), 'calls'),
              'a machine of the internet calls nobody',
            ),
          ],
    ),
  ]
}
