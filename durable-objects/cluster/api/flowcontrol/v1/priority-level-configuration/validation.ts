// kubernetes: pkg/apis/flowcontrol/validation/validation.go ValidatePriorityLevelConfiguration…
import { internalForm } from '#api/core/v1/pod/internal-form.ts'
import { validateConditions } from '#api/flowcontrol/v1/flow-schema/validation.ts'
import { mandatoryPriorityLevel } from '#api/flowcontrol/v1/mandatory.ts'
import type {
  LimitResponse,
  PriorityLevelConfiguration,
  PriorityLevelConfigurationSpec,
  QueuingConfiguration,
} from '#api/flowcontrol/v1/priority-level-configuration/types.ts'
import {
  forbiddenValue,
  invalidValue,
  notSupported,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { equal } from '#apimachinery/object.ts'

const EXEMPT = 'exempt'
const MAX_QUEUES = 10_000_000
const MAX_HASH_BITS = 60
const NOT_NEGATIVE = 'must be a non-negative integer'

export const validatePriorityLevel = ({
  metadata,
  spec,
  status,
}: PriorityLevelConfiguration): readonly FieldError[] => [
  ...validateSpec(metadata.name ?? '', spec),
  ...validateMandatory(metadata.name ?? '', spec),
  ...validateConditions(status?.conditions, 'status.conditions'),
]

/** kubernetes: ValidateIfMandatoryPriorityLevelConfigurationObject */
const validateMandatory = (
  name: string,
  spec: PriorityLevelConfigurationSpec,
): readonly FieldError[] => {
  const mandatory = mandatoryPriorityLevel(name)
  if (mandatory === undefined) return []
  const shown = internalForm('PriorityLevelConfigurationSpec', spec)
  if (name !== EXEMPT)
    return equal(mandatory, spec)
      ? []
      : [invalidValue('spec', shown, `spec of '${name}' must equal the fixed value`)]
  const { exempt: _given, ...rest } = spec
  const { exempt: _fixed, ...fixed } = mandatory
  return equal(rest, fixed)
    ? []
    : [
        invalidValue(
          'spec',
          shown,
          "spec of 'exempt' except the 'spec.exempt' field must equal the fixed value",
        ),
      ]
}

const validateSpec = (
  name: string,
  spec: PriorityLevelConfigurationSpec,
): readonly FieldError[] => {
  const { type = '' } = spec
  const misnamed =
    (name === EXEMPT) === (type === 'Exempt')
      ? []
      : [invalidValue('spec.type', type, "type must be 'Exempt' if and only if name is 'exempt'")]
  return [...misnamed, ...validateType(spec)]
}

const validateType = (spec: PriorityLevelConfigurationSpec): readonly FieldError[] => {
  const { type = '', exempt, limited } = spec
  if (type === 'Exempt')
    return [
      ...(limited === undefined
        ? []
        : [forbiddenValue('spec.limited', 'must be nil if the type is not Limited')]),
      ...(exempt === undefined ? [] : validateShares(exempt, 'spec.exempt')),
    ]
  if (type !== 'Limited') return [notSupported('spec.type', type, ['Exempt', 'Limited'])]
  return [
    ...(exempt === undefined
      ? []
      : [forbiddenValue('spec.exempt', 'must be nil if the type is Limited')]),
    ...(limited === undefined
      ? [requiredValue('spec.limited', 'must not be empty when type is Limited')]
      : validateLimited(limited)),
  ]
}

interface Shares {
  readonly lendablePercent?: number
  readonly nominalConcurrencyShares?: number
}

const validateLendable = (percent: number | undefined, path: string): readonly FieldError[] =>
  percent === undefined || (percent >= 0 && percent <= 100)
    ? []
    : [invalidValue(`${path}.lendablePercent`, percent, 'must be between 0 and 100, inclusive')]

const validateNominal = (shares: number | undefined, path: string): readonly FieldError[] =>
  (shares ?? 0) < 0 ? [invalidValue(`${path}.nominalConcurrencyShares`, shares, NOT_NEGATIVE)] : []

const validateShares = (shares: Shares, path: string): readonly FieldError[] => [
  ...validateNominal(shares.nominalConcurrencyShares, path),
  ...validateLendable(shares.lendablePercent, path),
]

const validateLimited = (
  limited: NonNullable<PriorityLevelConfigurationSpec['limited']>,
): readonly FieldError[] => {
  const path = 'spec.limited'
  const borrowing = limited.borrowingLimitPercent ?? 0
  return [
    ...validateNominal(limited.nominalConcurrencyShares, path),
    ...validateResponse(limited.limitResponse ?? {}, `${path}.limitResponse`),
    ...validateLendable(limited.lendablePercent, path),
    ...(borrowing < 0
      ? [
          invalidValue(
            `${path}.borrowingLimitPercent`,
            borrowing,
            'if specified, must be a non-negative integer',
          ),
        ]
      : []),
  ]
}

const validateResponse = (
  { type = '', queuing }: Partial<LimitResponse>,
  path: string,
): readonly FieldError[] => {
  const where = `${path}.queuing`
  if (type === 'Reject')
    return queuing === undefined
      ? []
      : [forbiddenValue(where, 'must be nil if limited.limitResponse.type is not Limited')]
  if (type !== 'Queue') return [notSupported(`${path}.type`, type, ['Queue', 'Reject'])]
  return queuing === undefined
    ? [requiredValue(where, 'must not be empty if limited.limitResponse.type is Limited')]
    : validateQueuing(queuing, where)
}

/** How much of a hash a hand of cards takes. kubernetes: apiserver pkg/util/shufflesharding RequiredEntropyBits */
const entropyBits = (queues: number, handSize: number): number =>
  Math.ceil(Math.log2(queues) * handSize)

const validateQueuing = (
  { queueLengthLimit = 0, queues = 0, handSize = 0 }: QueuingConfiguration,
  path: string,
): readonly FieldError[] => {
  const errors: FieldError[] = []
  const check = (field: string, value: number, problem: string | undefined): void => {
    if (problem !== undefined) errors.push(invalidValue(`${path}.${field}`, value, problem))
  }
  const positive = (value: number): string | undefined =>
    value <= 0 ? 'must be positive' : undefined
  check('queueLengthLimit', queueLengthLimit, positive(queueLengthLimit))
  check(
    'queues',
    queues,
    positive(queues) ??
      (queues > MAX_QUEUES ? `must not be greater than ${MAX_QUEUES}` : undefined),
  )
  check('handSize', handSize, positive(handSize) ?? handProblem(queues, handSize))
  return errors
}

const handProblem = (queues: number, handSize: number): string | undefined => {
  if (handSize > queues) return `should not be greater than queues (${queues})`
  return entropyBits(queues, handSize) > MAX_HASH_BITS
    ? `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ${MAX_HASH_BITS}`
    : undefined
}
