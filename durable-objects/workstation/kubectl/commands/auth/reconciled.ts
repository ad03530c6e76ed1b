// What must become of roles and their bindings. kubernetes: component-helpers auth/rbac/reconciliation
import { equal, type JsonObject } from '#apimachinery/object.ts'
import { type PolicyRule, uncovered } from '#kubectl/commands/policy-rules.ts'
import { isSameSubject, type Subject } from '#kubectl/commands/rbac.ts'

export type Operation = 'none' | 'create' | 'update' | 'recreate'

export interface Reconciliation {
  readonly operation: Operation
  /** As it shall be. */
  readonly object: JsonObject
  /** It says that it does not want to be changed. */
  readonly isProtected: boolean
  readonly missing: readonly JsonObject[]
  readonly extra: readonly JsonObject[]
}

type Texts = Readonly<Record<string, string>>

interface Metadata extends JsonObject {
  readonly labels?: Texts
  readonly annotations?: Texts
}

const metadataOf = (object: JsonObject): Metadata => (object['metadata'] ?? {}) as Metadata

/** rbacv1.AutoUpdateAnnotationKey */
const AUTO_UPDATE = 'rbac.authorization.kubernetes.io/autoupdate'

const isProtected = (object: JsonObject): boolean =>
  metadataOf(object).annotations?.[AUTO_UPDATE] === 'false'

/** What is there stays. */
const withTexts = (object: JsonObject, expected: JsonObject): JsonObject => {
  const [own, more] = [metadataOf(object), metadataOf(expected)]
  const merged = (field: 'labels' | 'annotations'): JsonObject =>
    more[field] === undefined ? {} : { [field]: { ...more[field], ...own[field] } }
  return { ...object, metadata: { ...own, ...merged('annotations'), ...merged('labels') } }
}

const operationOf = (before: JsonObject, after: JsonObject): Operation =>
  equal(before, after) ? 'none' : 'update'

interface Role extends JsonObject {
  readonly rules: readonly PolicyRule[] | null
  readonly aggregationRule?: { readonly clusterRoleSelectors?: readonly JsonObject[] }
}

/** kubernetes: computeReconciledRole */
export const reconciledRole = (
  given: JsonObject,
  wanted: JsonObject,
  removesExtra: boolean,
): Reconciliation => {
  const [existing, expected] = [given as Role, wanted as Role]
  const rules = { existing: existing.rules ?? [], expected: expected.rules ?? [] }
  const isAggregated =
    expected.aggregationRule !== undefined && existing.aggregationRule !== undefined
  const extra = isAggregated ? [] : uncovered(rules.expected, rules.existing)
  const missing = uncovered(rules.existing, rules.expected)
  let object = withTexts(existing, expected)
  if (removesExtra && missing.length + extra.length > 0)
    object = { ...object, rules: rules.expected }
  else if (missing.length > 0) object = { ...object, rules: [...rules.existing, ...missing] }
  object = withAggregation(object, existing, expected, removesExtra)
  const operation = operationOf(existing, object)
  return { operation, object, isProtected: isProtected(existing), missing, extra }
}

const withAggregation = (
  object: JsonObject,
  existing: Role,
  expected: Role,
  removesExtra: boolean,
): JsonObject => {
  const selectorsOf = ({ aggregationRule }: Role): readonly JsonObject[] =>
    aggregationRule?.clusterRoleSelectors ?? []
  if (expected.aggregationRule === undefined) {
    const { aggregationRule: _removed, ...rest } = object
    return rest
  }
  const [present, wanted] = [selectorsOf(existing), selectorsOf(expected)]
  const without = (list: readonly JsonObject[], others: readonly JsonObject[]) =>
    list.filter((one) => !others.some((other) => equal(one, other)))
  const missing = without(wanted, present)
  if (removesExtra)
    return missing.length + without(present, wanted).length === 0
      ? object
      : { ...object, aggregationRule: expected.aggregationRule }
  return missing.length === 0
    ? object
    : { ...object, aggregationRule: { clusterRoleSelectors: [...present, ...missing] } }
}

const ROLE_REF = ['apiGroup', 'kind', 'name'] as const

interface Binding extends JsonObject {
  readonly roleRef: Readonly<Partial<Record<(typeof ROLE_REF)[number], string>>>
  readonly subjects?: readonly Subject[]
}

/** Those of a list that another does not have, each once. */
const onlyIn = (list: readonly Subject[], other: readonly Subject[]): readonly Subject[] => {
  const found: Subject[] = []
  for (const subject of list)
    if (![...other, ...found].some((one) => isSameSubject(one, subject))) found.push(subject)
  return found
}

/** kubernetes: computeReconciledRoleBinding */
export const reconciledBinding = (
  given: JsonObject,
  wanted: JsonObject,
  removesExtra: boolean,
): Reconciliation => {
  const [existing, expected] = [given as Binding, wanted as Binding]
  const isSameRole = ROLE_REF.every(
    (field) => (existing.roleRef[field] ?? '') === (expected.roleRef[field] ?? ''),
  )
  if (!isSameRole)
    return {
      operation: 'recreate',
      object: expected,
      isProtected: isProtected(existing),
      missing: [],
      extra: [],
    }
  const [present, subjects] = [existing.subjects ?? [], expected.subjects ?? []]
  const [missing, extra] = [onlyIn(subjects, present), onlyIn(present, subjects)]
  let object = withTexts(existing, expected)
  if (removesExtra && missing.length + extra.length > 0) object = { ...object, subjects }
  else if (missing.length > 0) object = { ...object, subjects: [...present, ...missing] }
  const operation = operationOf(existing, object)
  return { operation, object, isProtected: isProtected(existing), missing, extra }
}
