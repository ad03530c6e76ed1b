import type { LabelSelector } from '#apimachinery/labels.ts'
import type { StringMap } from '#apimachinery/object.ts'

/** `app=web,tier=front`, or `<none>`. kubernetes: apimachinery pkg/labels FormatLabels */
export const formatLabels = (labels: StringMap | undefined): string => {
  const keys = labels === undefined ? [] : Object.keys(labels).sort()
  return keys.length === 0 ? '<none>' : keys.map((key) => `${key}=${labels![key]!}`).join(',')
}

/**
 * `app=web,tier in (back),!x`: sorted by key; an expression stays one, even if it names a single value.
 * kubernetes: apimachinery metav1.LabelSelectorAsSelector, labels.Selector String
 */
export const labelSelectorText = (selector: LabelSelector | undefined): string => {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {}
  const terms = [
    ...Object.entries(matchLabels).map(([key, value]) => ({ key, text: `${key}=${value}` })),
    ...matchExpressions.map(({ key, operator, values = [] }) => {
      const list = `(${[...values].sort().join(',')})`
      if (operator === 'In') return { key, text: `${key} in ${list}` }
      if (operator === 'NotIn') return { key, text: `${key} notin ${list}` }
      return { key, text: operator === 'DoesNotExist' ? `!${key}` : key }
    }),
  ]
  return terms
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ text }) => text)
    .join(',')
}

/** The SELECTOR cell. kubernetes: apimachinery pkg/apis/meta/v1/helpers.go FormatLabelSelector */
export const formatLabelSelector = (selector: LabelSelector | undefined): string =>
  labelSelectorText(selector) || '<none>'
