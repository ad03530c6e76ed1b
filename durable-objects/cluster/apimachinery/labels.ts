// kubernetes: apimachinery pkg/labels/selector.go
import { own, type StringMap } from '#apimachinery/object.ts'

export type SelectorOperator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt'

export interface Requirement {
  readonly key: string
  readonly operator: SelectorOperator
  readonly values: readonly string[]
}

/** All requirements must hold. The empty list selects everything. */
export type Selector = readonly Requirement[]

/** metav1.LabelSelector as it stands in specs. */
export interface LabelSelector {
  readonly matchLabels?: StringMap
  readonly matchExpressions?: readonly {
    readonly key: string
    readonly operator: string
    readonly values?: readonly string[]
  }[]
}

export const matches = (selector: Selector, labels: StringMap | undefined): boolean =>
  selector.every(({ key, operator, values }) => holds(operator, values, own(labels, key)))

/** Whether a label's value is as one requirement wants it. kubernetes: apimachinery pkg/labels/selector.go Requirement.Matches */
export const holds = (
  operator: SelectorOperator,
  values: readonly string[],
  value: string | undefined,
): boolean => {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
      return isInteger(value) && Number(value) > Number(values[0])
    case 'Lt':
      return isInteger(value) && Number(value) < Number(values[0])
  }
}

export const isInteger = (value: string | undefined): value is string =>
  value !== undefined && /^[-+]?\d+$/.test(value)

/** `{app: web}` as a selector. An empty map selects everything. */
export const selectorFromMap = (labels: StringMap): Selector =>
  Object.keys(labels)
    .sort()
    .map((key) => ({ key, operator: 'In', values: [labels[key]!] }))

const OPERATORS: ReadonlySet<string> = new Set(['In', 'NotIn', 'Exists', 'DoesNotExist'])

/** A LabelSelector as a selector; undefined selects nothing. kubernetes: metav1.LabelSelectorAsSelector */
export const selectorFromLabelSelector = (
  selector: LabelSelector | undefined,
): Selector | undefined => {
  if (selector === undefined) return undefined
  const expressions = (selector.matchExpressions ?? []).filter((expression) =>
    OPERATORS.has(expression.operator),
  )
  return [
    ...selectorFromMap(selector.matchLabels ?? {}),
    ...expressions.map((e) => ({
      key: e.key,
      operator: e.operator as SelectorOperator,
      values: [...(e.values ?? [])].sort(),
    })),
  ]
}

/** As `kubectl get -o wide` and Scale print it: `app=web,tier in (a,b),!x`. */
export const selectorText = (selector: Selector): string =>
  [...selector]
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ key, operator, values }) => {
      switch (operator) {
        case 'In':
          return values.length === 1
            ? `${key}=${values[0]!}`
            : `${key} in (${[...values].sort().join(',')})`
        case 'NotIn':
          return values.length === 1
            ? `${key}!=${values[0]!}`
            : `${key} notin (${[...values].sort().join(',')})`
        case 'Exists':
          return key
        case 'DoesNotExist':
          return `!${key}`
        case 'Gt':
          return `${key}>${values[0]!}`
        case 'Lt':
          return `${key}<${values[0]!}`
      }
      return ''
    })
    .join(',')
