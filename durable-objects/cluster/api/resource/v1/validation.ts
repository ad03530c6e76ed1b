// kubernetes: pkg/apis/resource/validation/validation.go
import { internalForm } from '#api/core/v1/pod/internal-form.ts'
import { validateDriverName } from '#api/core/v1/storage-validation.ts'
import type {
  DeviceClass,
  DeviceConfiguration,
  DeviceConstraint,
  DeviceRequest,
  DeviceSelector,
  ExactDeviceRequest,
  ResourceClaim,
  ResourceClaimSpec,
  ResourceClaimTemplate,
  ResourceSlice,
} from '#api/resource/v1/types.ts'
import { checkNames, located } from '#apimachinery/cel/check.ts'
import { parseCel } from '#apimachinery/cel/parser.ts'
import { CelSyntaxError } from '#apimachinery/cel/syntax.ts'
import {
  at,
  child,
  duplicateValue,
  invalidValue,
  notSupported,
  requiredValue,
  tooLong,
  tooMany,
  type FieldError,
} from '#apimachinery/field-error.ts'
import {
  invalidEach,
  validateAnnotations,
  validateImmutable,
  validateLabels,
} from '#apimachinery/validation/metadata.ts'
import { isDns1123Label, isDns1123Subdomain } from '#apimachinery/validation/names.ts'

const MAX_ITEMS = 32
const MAX_ALTERNATIVES = 8
const MAX_EXPRESSION = 10 * 1024
const MAX_POOL = 253
const ALLOCATION_MODES = ['All', 'ExactCount']

const validateList = <T>(
  list: readonly T[] | null | undefined,
  max: number,
  validate: (item: T, path: string) => readonly FieldError[],
  path: string,
): readonly FieldError[] => [
  ...((list?.length ?? 0) > max ? [tooMany(path, list!.length, max)] : []),
  ...(list ?? []).flatMap((item, index) => validate(item, at(path, index))),
]

const validateUniqueNames = (
  list: readonly { readonly name: string }[] | undefined,
  path: string,
): readonly FieldError[] =>
  (list ?? []).flatMap(({ name }, index, all) =>
    all.findIndex((other) => other.name === name) < index
      ? [duplicateValue(child(at(path, index), 'name'), name)]
      : [],
  )

const validateSelector = ({ cel }: DeviceSelector, path: string): readonly FieldError[] => {
  if (cel === undefined) return [requiredValue(child(path, 'cel'))]
  const { expression } = cel
  const where = child(path, 'cel', 'expression')
  if (expression.length > MAX_EXPRESSION) return [tooLong(where, MAX_EXPRESSION)]
  try {
    checkNames(parseCel(expression), ['device'])
    return []
  } catch (error) {
    if (!(error instanceof CelSyntaxError)) throw error
    return [invalidValue(where, expression, located(expression, error))]
  }
}

const validateExact = (request: ExactDeviceRequest, path: string): readonly FieldError[] => {
  const { deviceClassName = '', allocationMode = '', count = 0, selectors } = request
  return [
    ...(deviceClassName === ''
      ? [requiredValue(child(path, 'deviceClassName'))]
      : invalidEach(
          child(path, 'deviceClassName'),
          deviceClassName,
          isDns1123Subdomain(deviceClassName),
        )),
    ...validateList(selectors, MAX_ITEMS, validateSelector, child(path, 'selectors')),
    ...validateMode(allocationMode, count, path),
  ]
}

const validateMode = (mode: string, count: number, path: string): readonly FieldError[] => {
  const where = child(path, 'count')
  switch (mode) {
    case 'All':
      return count === 0
        ? []
        : [invalidValue(where, count, "must not be specified when allocationMode is 'All'")]
    case 'ExactCount':
      return count > 0 ? [] : [invalidValue(where, count, 'must be greater than zero')]
    default:
      return [notSupported(child(path, 'allocationMode'), mode, ALLOCATION_MODES)]
  }
}

const ONE_KIND = 'exactly one of `exactly` or `firstAvailable` is required'

const validateRequest = (request: DeviceRequest, path: string): readonly FieldError[] => {
  const { name = '', exactly, firstAvailable = [] } = request
  const where = child(path, 'firstAvailable')
  return [
    ...invalidEach(child(path, 'name'), name, isDns1123Label(name)),
    ...validateList(
      firstAvailable,
      MAX_ALTERNATIVES,
      (each, here) => [
        ...invalidEach(child(here, 'name'), each.name, isDns1123Label(each.name)),
        ...validateExact(each, here),
      ],
      where,
    ),
    ...validateUniqueNames(firstAvailable, where),
    ...(exactly === undefined ? [] : validateExact(exactly, child(path, 'exactly'))),
    ...(exactly === undefined && firstAvailable.length === 0
      ? [requiredValue(path, ONE_KIND)]
      : []),
    ...(exactly !== undefined && firstAvailable.length > 0
      ? [invalidValue(path, null, `${ONE_KIND}, but multiple fields are set`)]
      : []),
  ]
}

/** `a`, or `a/b` for one of the alternatives of `a`. */
const namesOf = (requests: readonly DeviceRequest[]): ReadonlySet<string> =>
  new Set(
    requests.flatMap(({ name, firstAvailable = [] }) => [
      name,
      ...firstAvailable.map((each) => `${name}/${each.name}`),
    ]),
  )

const validateReferences = (
  references: readonly string[] | undefined,
  names: ReadonlySet<string>,
  path: string,
): readonly FieldError[] =>
  validateList(
    references,
    MAX_ITEMS,
    (name, here) =>
      names.has(name)
        ? []
        : [
            invalidValue(
              here,
              name,
              'must be the name of a request in the claim or the name of a request and a subrequest separated by a slash',
            ),
          ],
    path,
  )

const validateConfiguration = (
  { opaque }: DeviceConfiguration,
  path: string,
): readonly FieldError[] => {
  if (opaque === undefined) return [requiredValue(child(path, 'opaque'))]
  const here = child(path, 'opaque')
  return [
    ...validateDriverName(opaque.driver ?? '', child(here, 'driver')),
    ...(opaque.parameters === undefined || opaque.parameters === null
      ? [requiredValue(child(here, 'parameters'))]
      : []),
  ]
}

const validateConstraint = (
  { matchAttribute, distinctAttribute }: DeviceConstraint,
  path: string,
): readonly FieldError[] =>
  matchAttribute === undefined && distinctAttribute === undefined
    ? [requiredValue(child(path, 'matchAttribute'))]
    : []

const validateSpec = ({ devices = {} }: ResourceClaimSpec, path: string): readonly FieldError[] => {
  const here = child(path, 'devices')
  const { constraints, config } = devices
  // a list that must be there is null where it is not
  const requests = devices.requests ?? []
  const names = namesOf(requests)
  return [
    ...validateList(requests, MAX_ITEMS, validateRequest, child(here, 'requests')),
    ...validateUniqueNames(requests, child(here, 'requests')),
    ...validateList(
      constraints,
      MAX_ITEMS,
      (each, where) => [
        ...validateReferences(each.requests, names, child(where, 'requests')),
        ...validateConstraint(each, where),
      ],
      child(here, 'constraints'),
    ),
    ...validateList(
      config,
      MAX_ITEMS,
      (each, where) => [
        ...validateReferences(each.requests, names, child(where, 'requests')),
        ...validateConfiguration(each, where),
      ],
      child(here, 'config'),
    ),
  ]
}

export const validateResourceClaim = ({ spec }: ResourceClaim): readonly FieldError[] =>
  validateSpec(spec, 'spec')

export const validateResourceClaimUpdate = (
  claim: ResourceClaim,
  old: ResourceClaim,
): readonly FieldError[] => [
  ...validateImmutable(claim.spec, old.spec, 'spec', internalForm('ResourceClaimSpec', claim.spec)),
  ...validateResourceClaim(claim),
]

export const validateResourceClaimTemplate = ({
  spec,
}: ResourceClaimTemplate): readonly FieldError[] => [
  ...validateAnnotations(spec.metadata?.annotations, 'spec.metadata.annotations'),
  ...validateLabels(spec.metadata?.labels, 'spec.metadata.labels'),
  ...validateSpec(spec.spec, 'spec.spec'),
]

export const validateResourceClaimTemplateUpdate = (
  template: ResourceClaimTemplate,
  old: ResourceClaimTemplate,
): readonly FieldError[] => [
  ...validateImmutable(
    template.spec,
    old.spec,
    'spec',
    internalForm('ResourceClaimTemplateSpec', template.spec),
  ),
  ...validateResourceClaimTemplate(template),
]

export const validateDeviceClass = ({ spec = {} }: DeviceClass): readonly FieldError[] => [
  ...validateList(spec.selectors, MAX_ITEMS, validateSelector, 'spec.selectors'),
  ...validateList(spec.config, MAX_ITEMS, validateConfiguration, 'spec.config'),
]

const PLACES = ['nodeName', 'nodeSelector', 'allNodes', 'perDeviceNodeSelection'] as const
const ONE_PLACE = `exactly one of ${PLACES.map((place) => `\`${place}\``).join(', ')} is required`

export const validateResourceSlice = ({ spec }: ResourceSlice): readonly FieldError[] => {
  const { name = '', resourceSliceCount = 0, generation = 0 } = spec.pool ?? {}
  const set = PLACES.filter((place) => (spec[place] ?? '') !== '' && spec[place] !== false)
  return [
    ...validateDriverName(spec.driver ?? '', 'spec.driver'),
    ...(name === '' ? [requiredValue('spec.pool.name')] : []),
    ...(name.length > MAX_POOL ? [tooLong('spec.pool.name', MAX_POOL)] : []),
    ...(name === ''
      ? []
      : name
          .split('/')
          .flatMap((part) => invalidEach('spec.pool.name', part, isDns1123Subdomain(part)))),
    ...(resourceSliceCount <= 0
      ? [
          invalidValue(
            'spec.pool.resourceSliceCount',
            resourceSliceCount,
            'must be greater than zero',
          ),
        ]
      : []),
    ...(generation < 0
      ? [invalidValue('spec.pool.generation', generation, 'must be greater than or equal to zero')]
      : []),
    ...(set.length === 0 ? [requiredValue('spec', ONE_PLACE)] : []),
    ...(set.length > 1
      ? [
          invalidValue(
            'spec',
            `{${set.map((place) => `\`${place}\``).join(', ')}}`,
            `${ONE_PLACE}, but multiple fields are set`,
          ),
        ]
      : []),
  ]
}

export const validateResourceSliceUpdate = (
  slice: ResourceSlice,
  old: ResourceSlice,
): readonly FieldError[] => [
  ...validateResourceSlice(slice),
  ...validateImmutable(slice.spec.driver, old.spec.driver, 'spec.driver'),
  ...validateImmutable(slice.spec.pool?.name, old.spec.pool?.name, 'spec.pool.name'),
  ...validateImmutable(slice.spec.nodeName, old.spec.nodeName, 'spec.nodeName'),
]
