// kubernetes: apiextensions pkg/apihelpers/helpers.go
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionCondition,
} from '#api/apiextensions/v1/custom-resource-definition/types.ts'
import { assign } from '#apimachinery/object.ts'
import { formatTime } from '#apimachinery/time.ts'

export const findCondition = (
  { status }: CustomResourceDefinition,
  type: string,
): CustomResourceDefinitionCondition | undefined =>
  status?.conditions?.find((condition) => condition.type === type)

export const isConditionTrue = (definition: CustomResourceDefinition, type: string): boolean =>
  findCondition(definition, type)?.status === 'True'

/** The definition with a condition; itself if the condition says so already. */
export const withCondition = (
  definition: CustomResourceDefinition,
  condition: Omit<CustomResourceDefinitionCondition, 'lastTransitionTime'>,
  now: number,
): CustomResourceDefinition => {
  const conditions = definition.status?.conditions ?? []
  const before = findCondition(definition, condition.type)
  const isSame =
    before?.status === condition.status &&
    before.reason === condition.reason &&
    before.message === condition.message
  if (isSame) return definition
  const since = before?.status === condition.status ? before.lastTransitionTime : undefined
  const { type, status, ...why } = condition
  const next = { type, status, lastTransitionTime: since ?? formatTime(now), ...why }
  return withConditions(
    definition,
    before === undefined
      ? [...conditions, next]
      : conditions.map((one) => (one === before ? next : one)),
  )
}

export const withoutCondition = (
  definition: CustomResourceDefinition,
  type: string,
): CustomResourceDefinition =>
  findCondition(definition, type) === undefined
    ? definition
    : withConditions(
        definition,
        (definition.status?.conditions ?? []).filter((one) => one.type !== type),
      )

const withConditions = (
  definition: CustomResourceDefinition,
  conditions: readonly CustomResourceDefinitionCondition[],
): CustomResourceDefinition =>
  assign(definition, { status: assign(definition.status ?? {}, { conditions }) })
