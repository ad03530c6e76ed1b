// kubernetes: apiextensions pkg/controller/status/naming_controller.go
import {
  findCondition,
  withCondition,
} from '#api/apiextensions/v1/custom-resource-definition/conditions.ts'
import { namesInOrder } from '#api/apiextensions/v1/custom-resource-definition/defaults.ts'
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionNames,
} from '#api/apiextensions/v1/custom-resource-definition/types.ts'
import { quote } from '#apimachinery/field-error.ts'
import { assign, equal, type Mutable } from '#apimachinery/object.ts'

interface Names {
  readonly resources: ReadonlySet<string>
  readonly kinds: ReadonlySet<string>
}

/** What the other definitions of a group are called. */
const namesTaken = (
  definition: CustomResourceDefinition,
  all: readonly CustomResourceDefinition[],
): Names => {
  const others = all
    .filter(
      ({ spec, metadata }) =>
        spec.group === definition.spec.group && metadata.uid !== definition.metadata.uid,
    )
    .flatMap(({ status }) => (status?.acceptedNames === undefined ? [] : [status.acceptedNames]))
  const filled = (names: readonly (string | undefined)[]): ReadonlySet<string> =>
    new Set(names.filter((name): name is string => name !== undefined && name !== ''))
  return {
    resources: filled(
      others.flatMap(({ plural, singular, shortNames }) => [
        plural,
        singular,
        ...(shortNames ?? []),
      ]),
    ),
    kinds: filled(others.flatMap(({ kind, listKind }) => [kind, listKind])),
  }
}

interface Conflict {
  readonly reason: string
  readonly message: string
}

const NONE: CustomResourceDefinitionNames = { kind: '', plural: '' }

/** The definition with the names that it may have, and whether it has all it asked for. */
export const withAcceptedNames = (
  definition: CustomResourceDefinition,
  all: readonly CustomResourceDefinition[],
  now: number,
): CustomResourceDefinition => {
  const taken = namesTaken(definition, all)
  const asked = definition.spec.names
  const accepted = definition.status?.acceptedNames ?? NONE
  const names: Mutable<CustomResourceDefinitionNames> = { ...accepted }
  let conflict: Conflict | undefined
  const check = (part: 'plural' | 'singular' | 'kind' | 'listKind', used: ReadonlySet<string>) => {
    const name = asked[part] ?? ''
    if (name === (accepted[part] ?? '') || !used.has(name)) {
      if (name !== '') names[part] = name
      return
    }
    const reason = `${part[0]!.toUpperCase()}${part.slice(1)}Conflict`
    conflict = { reason, message: `${quote(name)} is already in use` }
  }
  check('plural', taken.resources)
  check('singular', taken.resources)
  const short = shortNameConflict(asked, accepted, taken.resources)
  if (short !== undefined) conflict = short
  else if (asked.shortNames === undefined) delete names.shortNames
  else names.shortNames = asked.shortNames
  check('kind', taken.kinds)
  check('listKind', taken.kinds)
  if (asked.categories === undefined) delete names.categories
  else names.categories = asked.categories
  const acceptedNames = namesInOrder(names)
  const named = equal(acceptedNames, definition.status?.acceptedNames)
    ? definition
    : assign(definition, { status: assign(definition.status ?? {}, { acceptedNames }) })
  return withNameConditions(named, conflict, now)
}

const shortNameConflict = (
  asked: CustomResourceDefinitionNames,
  accepted: CustomResourceDefinitionNames,
  used: ReadonlySet<string>,
): Conflict | undefined => {
  if (equal(asked.shortNames ?? [], accepted.shortNames ?? [])) return undefined
  const conflicts = (asked.shortNames ?? []).filter(
    (name) => used.has(name) && accepted.shortNames?.includes(name) !== true,
  )
  if (conflicts.length === 0) return undefined
  const texts = conflicts.map((name) => `${quote(name)} is already in use`)
  return {
    reason: 'ShortNamesConflict',
    message: texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`,
  }
}

const withNameConditions = (
  definition: CustomResourceDefinition,
  conflict: Conflict | undefined,
  now: number,
): CustomResourceDefinition => {
  const named = withCondition(
    definition,
    conflict === undefined
      ? {
          type: 'NamesAccepted',
          status: 'True',
          reason: 'NoConflicts',
          message: 'no conflicts found',
        }
      : { type: 'NamesAccepted', status: 'False', ...conflict },
    now,
  )
  const established = findCondition(definition, 'Established')
  if (established?.status === 'True') return named
  const pending =
    conflict === undefined
      ? { reason: 'Installing', message: 'the initial names have been accepted' }
      : { reason: 'NotAccepted', message: 'not all names are accepted' }
  // once said, it stays until the names are accepted
  if (conflict !== undefined && established !== undefined) return named
  return withCondition(named, { type: 'Established', status: 'False', ...pending }, now)
}
