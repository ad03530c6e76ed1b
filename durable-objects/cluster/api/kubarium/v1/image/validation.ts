import { parseNamePattern } from '#api/kubarium/v1/image/name-pattern.ts'
import type {
  Image,
  ImageEnv,
  ImageListener,
  ImageLogLine,
  ImagePull,
} from '#api/kubarium/v1/image/types.ts'
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
import { parseQuantity, quantityValue } from '#apimachinery/quantity.ts'
import { isRelaxedEnvVarName, isValidPortNumber } from '#apimachinery/validation/names.ts'

const MOST_ENV = 32
const MOST_LISTENERS = 16
const MOST_LINES = 32
const LONGEST_SPEC = 128 * 1024
const LONGEST_LINE = 1024
const MOST_MEMORY = 2 ** 40
const PROTOCOLS = ['SCTP', 'TCP', 'UDP']
const LOOPBACK = '127.0.0.1'

export const validateImage = ({ spec }: Image): readonly FieldError[] => [
  ...validateName(spec?.image),
  ...atMost('spec.env', spec?.env, MOST_ENV, validateEnv),
  ...validatePull('spec.pull', spec?.pull),
  ...validateDuration('spec.startDelay', spec?.startDelay),
  ...atMost('spec.listens', spec?.listens, MOST_LISTENERS, validateListener),
  ...validateReplies('spec.listens', spec?.listens ?? []),
  ...validateSamePorts(spec?.listens ?? []),
  ...validateDuration('spec.exits.after', spec?.exits?.after),
  ...inRange('spec.exits.code', spec?.exits?.code, 0, 255),
  ...atMost('spec.log', spec?.log, MOST_LINES, validateLine),
  ...validateMemory(spec?.memory),
  // what is kept for the containers that were started from it
  ...validateText('spec', JSON.stringify(spec ?? {}), LONGEST_SPEC),
]

const validateName = (image: string | undefined): readonly FieldError[] => {
  if (image === undefined || image === '') return [requiredValue('spec.image')]
  return parseNamePattern(image) === undefined
    ? [
        invalidValue(
          'spec.image',
          words(image),
          "must be an image's name of at most 255 characters, such as example.com/shop/cart, with a tag if one is meant; only the tag may end with '*' (regular expressions and digests are not supported)",
        ),
      ]
    : []
}

const validateEnv: Check<ImageEnv> = (path, { name, message, exitCode }, index, all) => [
  ...validateVariable(child(path, 'name'), name),
  ...(name !== '' && all.findIndex((other) => other.name === name) < index
    ? [duplicateValue(child(path, 'name'), words(name))]
    : []),
  ...validateText(child(path, 'message'), message, LONGEST_LINE),
  ...inRange(child(path, 'exitCode'), exitCode, 0, 255),
]

const validateVariable = (path: string, name: string | undefined): readonly FieldError[] => {
  if (name === undefined || name === '') return [requiredValue(path)]
  const tooLong = validateText(path, name, 253)
  return tooLong.length > 0 ? tooLong : checked(path, name, isRelaxedEnvVarName(name))
}

const validatePull = (path: string, pull: ImagePull = {}): readonly FieldError[] => [
  ...validateDuration(child(path, 'delay'), pull.delay),
  ...(pull.failure === '' ? [requiredValue(child(path, 'failure'), 'must say why')] : []),
  ...validateText(child(path, 'failure'), pull.failure, LONGEST_LINE),
]

const validateListener: Check<ImageListener> = (path, listener) => {
  const { port, portFrom, protocol = 'TCP', host, replies } = listener
  return [
    ...(port === undefined && portFrom === undefined
      ? [requiredValue(child(path, 'port'), 'must be set if portFrom is not')]
      : []),
    ...(port === undefined ? [] : checked(child(path, 'port'), port, isValidPortNumber(port))),
    ...(portFrom === undefined ? [] : validateVariable(child(path, 'portFrom'), portFrom)),
    ...(PROTOCOLS.includes(protocol)
      ? []
      : [notSupported(child(path, 'protocol'), words(protocol), PROTOCOLS)]),
    ...(host === undefined || host === LOOPBACK
      ? []
      : [notSupported(child(path, 'host'), words(host), [LOOPBACK])]),
    ...(protocol !== 'TCP' && replies !== undefined && replies.length > 0
      ? [forbiddenValue(child(path, 'replies'), 'HTTP is answered over TCP only')]
      : []),
  ]
}

/** Only what is certain: ports that come from variables are known when a container starts. */
const validateSamePorts = (listens: readonly ImageListener[]): readonly FieldError[] => {
  const known = new Set<string>()
  return listens.slice(0, MOST_LISTENERS).flatMap(({ port, portFrom, protocol = 'TCP' }, index) => {
    if (port === undefined || portFrom !== undefined) return []
    const key = `${port}/${protocol}`
    if (known.has(key)) return [duplicateValue(child(at('spec.listens', index), 'port'), port)]
    known.add(key)
    return []
  })
}

const validateLine: Check<ImageLogLine> = (path, { text, after, every }) => [
  ...(text === '' || text === undefined ? [requiredValue(child(path, 'text'))] : []),
  ...validateText(child(path, 'text'), text, LONGEST_LINE),
  ...validateDuration(child(path, 'after'), after),
  ...validateDuration(child(path, 'every'), every, 1000),
]

const validateMemory = (memory: string | undefined): readonly FieldError[] => {
  if (memory === undefined) return []
  const value = quantityValue(parseQuantity(memory))
  return value > 0 && value <= MOST_MEMORY
    ? []
    : [invalidValue('spec.memory', memory, 'must be greater than 0 and at most 1Ti')]
}
