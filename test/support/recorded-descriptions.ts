// A cluster of recorded objects, as `describe` asks for it.
import { own, type KubeObject, type StringMap } from '#apimachinery/object.ts'
import { matches } from '#apimachinery/labels.ts'
import { parseSelector } from '#apimachinery/selector-parser.ts'
import type { DescribeContext } from '#kubectl/describe/describe.ts'

export interface Recorded {
  /** When kubectl ran, in milliseconds since the epoch. */
  readonly now: number
  /** By plural[.group]. */
  readonly objects: Readonly<Record<string, readonly KubeObject[]>>
  readonly descriptions: readonly {
    readonly resource: string
    readonly namespace: string
    readonly name: string
    readonly text: string
  }[]
}

const hasLabels = (selector: string | undefined, labels: StringMap | undefined): boolean =>
  selector === undefined || matches(parseSelector(selector), labels)

const fieldOf = (object: KubeObject, path: string): string => {
  let value: unknown = object
  for (const key of path.split('.'))
    value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
  return typeof value === 'string' ? value : ''
}

const hasFields = (selector: string | undefined, object: KubeObject): boolean =>
  (selector ?? '')
    .split(',')
    .filter((term) => term !== '')
    .every((term) => {
      const [, path = '', operator, value] = /^(.*?)(!?=)(.*)$/.exec(term) ?? []
      return (fieldOf(object, path) === value) === (operator === '=')
    })

export const recordedContext = ({ objects, now }: Recorded): DescribeContext => {
  const all = (resource: string): readonly KubeObject[] => own(objects, resource) ?? []
  return {
    get: (resource, namespace, name) =>
      all(resource).find(
        ({ metadata }) => metadata.name === name && (metadata.namespace ?? '') === namespace,
      ),
    list: (resource, namespace, { labels, fields } = {}) =>
      all(resource).filter(
        (object) =>
          (namespace === '' || object.metadata.namespace === namespace) &&
          hasLabels(labels, object.metadata.labels) &&
          hasFields(fields, object),
      ),
    now: () => now,
    showEvents: true,
  }
}
