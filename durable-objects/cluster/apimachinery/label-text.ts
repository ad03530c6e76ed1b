import {
  selectorFromLabelSelector,
  selectorText,
  type LabelSelector,
} from '#apimachinery/labels.ts'
import type { StringMap } from '#apimachinery/object.ts'

/** `app=web,tier=front`, or `<none>`. kubernetes: apimachinery pkg/labels FormatLabels */
export const formatLabels = (labels: StringMap | undefined): string => {
  const keys = labels === undefined ? [] : Object.keys(labels).sort()
  return keys.length === 0 ? '<none>' : keys.map((key) => `${key}=${labels![key]!}`).join(',')
}

/** The SELECTOR cell. kubernetes: apimachinery pkg/apis/meta/v1/helpers.go FormatLabelSelector */
export const formatLabelSelector = (selector: LabelSelector | undefined): string => {
  const text = selectorText(selectorFromLabelSelector(selector) ?? [])
  return text === '' ? '<none>' : text
}
