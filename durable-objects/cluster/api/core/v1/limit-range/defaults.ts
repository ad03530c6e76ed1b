import type { LimitRange, LimitRangeItem } from '#api/core/v1/limit-range/types.ts'
import { assign, equal, mapShared, type StringMap } from '#apimachinery/object.ts'

/**
 * What is not said follows from what is: the limit from the maximum, the request from the limit, then from the minimum.
 * kubernetes: pkg/apis/core/v1/defaults.go SetDefaults_LimitRangeItem
 */
const withDefaults = (item: LimitRangeItem): LimitRangeItem => {
  if (item.type !== 'Container') return item
  const limits: StringMap = { ...item.max, ...item.default }
  const requests: StringMap = { ...item.min, ...limits, ...item.defaultRequest }
  return assign(item, {
    default: shared(item.default, limits),
    defaultRequest: shared(item.defaultRequest, requests),
  })
}

const shared = (old: StringMap | undefined, map: StringMap): StringMap | undefined =>
  Object.keys(map).length === 0 || equal(old, map) ? old : map

export const limitRangeDefaults = (range: LimitRange): LimitRange =>
  (range.spec?.limits ?? null) === null
    ? range
    : assign(range, {
        spec: assign(range.spec, { limits: mapShared(range.spec.limits, withDefaults) }),
      })
