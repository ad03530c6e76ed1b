// kubernetes: pkg/apis/flowcontrol/validation/validation.go ValidateFlowSchema…
import { internalForm } from '#api/core/v1/pod/internal-form.ts'
import type {
  FlowSchema,
  FlowSchemaCondition,
  NonResourcePolicyRule,
  PolicyRulesWithSubjects,
  ResourcePolicyRule,
} from '#api/flowcontrol/v1/flow-schema/types.ts'
import { mandatoryFlowSchema } from '#api/flowcontrol/v1/mandatory.ts'
import type { Subject } from '#api/flowcontrol/v1/shared-types.ts'
import {
  at,
  child,
  duplicateValue,
  forbiddenValue,
  invalidValue,
  notSupported,
  requiredValue,
  type FieldError,
} from '#apimachinery/field-error.ts'
import { equal } from '#apimachinery/object.ts'
import { invalidEach } from '#apimachinery/validation/metadata.ts'
import { isDns1123Label, isDns1123Subdomain } from '#apimachinery/validation/names.ts'

const MAX_PRECEDENCE = 10_000
const DISTINGUISHERS = ['ByNamespace', 'ByUser']
const SUBJECT_KINDS = ['Group', 'ServiceAccount', 'User']
const VERBS = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'proxy',
  'update',
  'watch',
]
const NAMESPACE_INTRO = "each member of this list must be '*' or a DNS-1123 label; "

type Names = readonly string[]

/** Lists that must be there are null where they are not. */
const listOf = <T>(list: readonly T[] | null | undefined): readonly T[] => list ?? []

export const validateFlowSchema = ({
  metadata,
  spec,
  status,
}: FlowSchema): readonly FieldError[] => {
  const mandatory = mandatoryFlowSchema(metadata.name ?? '')
  return [
    ...validateSpec(metadata.name ?? '', spec),
    ...(mandatory === undefined || equal(mandatory, spec)
      ? []
      : [
          invalidValue(
            'spec',
            internalForm('FlowSchemaSpec', spec),
            `spec of '${metadata.name}' must equal the fixed value`,
          ),
        ]),
    ...validateConditions(status?.conditions, 'status.conditions'),
  ]
}

/** Also of PriorityLevelConfigurations. */
export const validateConditions = (
  conditions: readonly FlowSchemaCondition[] | undefined,
  path: string,
): readonly FieldError[] =>
  (conditions ?? []).flatMap(({ type = '' }, index, all) => {
    const here = child(at(path, index), 'type')
    return [
      ...(all.findIndex((other) => (other.type ?? '') === type) < index
        ? [duplicateValue(here, type)]
        : []),
      ...(type === '' ? [requiredValue(here, 'must not be empty')] : []),
    ]
  })

const validatePrecedence = (name: string, precedence: number): readonly FieldError[] => {
  const invalid = (why: string) => [invalidValue('spec.matchingPrecedence', precedence, why)]
  return [
    ...(precedence <= 0 ? invalid('must be a positive value') : []),
    ...(precedence > MAX_PRECEDENCE ? invalid(`must not be greater than ${MAX_PRECEDENCE}`) : []),
    ...(precedence === 1 && name !== 'exempt'
      ? invalid("only the schema named 'exempt' may have matchingPrecedence 1")
      : []),
  ]
}

const validateSpec = (name: string, spec: FlowSchema['spec']): readonly FieldError[] => {
  const { distinguisherMethod, rules = [] } = spec
  const level = spec.priorityLevelConfiguration?.name ?? ''
  const levelPath = 'spec.priorityLevelConfiguration.name'
  return [
    ...validatePrecedence(name, spec.matchingPrecedence ?? 0),
    ...(distinguisherMethod === undefined || DISTINGUISHERS.includes(distinguisherMethod.type)
      ? []
      : [
          notSupported(
            'spec.distinguisherMethod.type',
            { Type: distinguisherMethod.type ?? '' },
            DISTINGUISHERS,
          ),
        ]),
    ...(level === ''
      ? [requiredValue(levelPath, 'must reference a priority level')]
      : invalidEach(levelPath, level, isDns1123Subdomain(level))),
    ...rules.flatMap((rule, index) => validateRule(rule, at('spec.rules', index))),
  ]
}

const validateRule = (rule: PolicyRulesWithSubjects, path: string): readonly FieldError[] => {
  const { resourceRules = [], nonResourceRules = [] } = rule
  const subjects = listOf(rule.subjects)
  return [
    ...(subjects.length === 0
      ? [requiredValue(child(path, 'subjects'), 'subjects must contain at least one value')]
      : subjects.flatMap((subject, index) =>
          validateSubject(subject, at(child(path, 'subjects'), index)),
        )),
    ...(resourceRules.length === 0 && nonResourceRules.length === 0
      ? [
          requiredValue(
            path,
            'at least one of resourceRules and nonResourceRules has to be non-empty',
          ),
        ]
      : []),
    ...resourceRules.flatMap((each, index) =>
      validateResourceRule(each, at(child(path, 'resourceRules'), index)),
    ),
    ...nonResourceRules.flatMap((each, index) =>
      validateNonResourceRule(each, at(child(path, 'nonResourceRules'), index)),
    ),
  ]
}

const FIELDS = [
  ['ServiceAccount', 'serviceAccount'],
  ['User', 'user'],
  ['Group', 'group'],
] as const

const validateSubject = (subject: Subject, path: string): readonly FieldError[] => {
  const { kind } = subject
  const own = FIELDS.find(([name]) => name === kind)
  if (own === undefined) return [notSupported(child(path, 'kind'), kind ?? '', SUBJECT_KINDS)]
  const [, field] = own
  const here = child(path, field)
  return [
    ...(subject[field] === undefined
      ? [requiredValue(here, `${field} is required when subject kind is '${kind}'`)]
      : validateNamed(subject, field, here)),
    ...FIELDS.filter(([name, other]) => name !== kind && subject[other] !== undefined).map(
      ([name, other]) =>
        forbiddenValue(
          child(path, other),
          `${other} is forbidden when subject kind is not '${name}'`,
        ),
    ),
  ]
}

const validateNamed = (
  subject: Subject,
  field: 'serviceAccount' | 'user' | 'group',
  path: string,
): readonly FieldError[] => {
  const name = subject[field]?.name ?? ''
  const nameless = name === '' ? [requiredValue(child(path, 'name'))] : []
  if (field !== 'serviceAccount') return nameless
  const namespace = subject.serviceAccount?.namespace ?? ''
  return [
    ...nameless,
    ...(name === '' || name === '*'
      ? []
      : invalidEach(child(path, 'name'), name, isDns1123Subdomain(name))),
    ...(namespace === ''
      ? [requiredValue(child(path, 'namespace'), 'must specify namespace for service account')]
      : invalidEach(child(path, 'namespace'), namespace, isDns1123Label(namespace))),
  ]
}

/** A list that is either `*` alone or names things. */
const validateWildcard = (
  values: readonly string[],
  path: string,
  others: string,
): readonly FieldError[] =>
  values.length > 1 && values.includes('*')
    ? [invalidValue(path, values, `if '*' is present, must not specify other ${others}`)]
    : []

const validateVerbs = (verbs: readonly string[], path: string): readonly FieldError[] => {
  if (verbs.length === 0) return [requiredValue(path, 'verbs must contain at least one value')]
  if (verbs.includes('*')) return validateWildcard(verbs, path, 'verbs')
  return verbs.every((verb) => VERBS.includes(verb)) ? [] : [notSupported(path, verbs, VERBS)]
}

const validateResourceRule = (rule: ResourcePolicyRule, path: string): readonly FieldError[] => {
  const [verbs, apiGroups, resources, namespaces] = [
    rule.verbs,
    rule.apiGroups,
    rule.resources,
    rule.namespaces,
  ].map(listOf<string>) as [Names, Names, Names, Names]
  const where = child(path, 'namespaces')
  return [
    ...validateVerbs(verbs, child(path, 'verbs')),
    ...(apiGroups.length === 0
      ? [
          requiredValue(
            child(path, 'apiGroups'),
            'resource rules must supply at least one api group',
          ),
        ]
      : validateWildcard(apiGroups, child(path, 'apiGroups'), 'api groups')),
    ...(resources.length === 0
      ? [
          requiredValue(
            child(path, 'resources'),
            'resource rules must supply at least one resource',
          ),
        ]
      : validateWildcard(resources, child(path, 'resources'), 'resources')),
    ...(namespaces.length === 0 && rule.clusterScope !== true
      ? [
          requiredValue(
            where,
            'resource rules that are not cluster scoped must supply at least one namespace',
          ),
        ]
      : namespaces.includes('*')
        ? validateWildcard(namespaces, where, 'namespaces')
        : namespaces.flatMap((namespace, index) =>
            isDns1123Label(namespace).map((message) =>
              invalidValue(at(where, index), namespace, NAMESPACE_INTRO + message),
            ),
          )),
  ]
}

const validateNonResourceRule = (
  rule: NonResourcePolicyRule,
  path: string,
): readonly FieldError[] => {
  const nonResourceURLs = listOf(rule.nonResourceURLs)
  const where = child(path, 'nonResourceURLs')
  return [
    ...validateVerbs(listOf(rule.verbs), child(path, 'verbs')),
    ...(nonResourceURLs.length === 0
      ? [requiredValue(where, 'nonResourceURLs must contain at least one value')]
      : nonResourceURLs.includes('*')
        ? validateWildcard(nonResourceURLs, where, 'non-resource URLs')
        : nonResourceURLs.flatMap((url, index) => validateUrl(url, at(where, index)))),
  ]
}

const validateUrl = (url: string, path: string): readonly FieldError[] => {
  const problem = urlProblem(url)
  return problem === undefined ? [] : [invalidValue(path, url, problem)]
}

const urlProblem = (url: string): string | undefined => {
  if (url === '') return 'must not be empty'
  if (url === '/') return undefined
  if (!url.startsWith('/')) return 'must start with slash'
  if (url.includes(' ')) return 'must not contain white-space'
  if (url.includes('//')) return 'must not contain double slash'
  const wildcards = url.split('*').length - 1
  return wildcards > 1 || (wildcards === 1 && !url.endsWith('/*'))
    ? 'wildcard can only do suffix matching'
    : undefined
}
