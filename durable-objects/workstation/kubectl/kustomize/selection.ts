// Which objects a selector means: regular expressions of ids, and selectors of labels. kustomize: api/types/selector.go
import { matches } from '#apimachinery/labels.ts'
import { compilePattern, PatternError } from '#apimachinery/re2.ts'
import { parseSelector } from '#apimachinery/selector-parser.ts'
import { StatusError } from '#apimachinery/status-error.ts'
import { KustomizeError } from '#kubectl/kustomize/failure.ts'
import { effectiveNamespace, type Gvk, type ResourceId } from '#kubectl/kustomize/gvk.ts'
import type { Selector } from '#kubectl/kustomize/kustomization.ts'
import type { Resource } from '#kubectl/kustomize/resource.ts'

type TextTest = (text: string) => boolean

const testOf = (pattern: string | undefined): TextTest => {
  if (pattern === undefined || pattern === '') return () => true
  try {
    const compiled = compilePattern(`^(?:${pattern})$`)
    return (text) => compiled.test(text)
  } catch (error) {
    if (error instanceof PatternError) throw new KustomizeError(error.message)
    throw error
  }
}

const labelTest = (
  text: string | undefined,
): ((labels: ReadonlyMap<string, string>) => boolean) => {
  if (text === undefined || text === '') return () => true
  try {
    const selector = parseSelector(text)
    return (labels) => matches(selector, Object.fromEntries(labels))
  } catch (error) {
    if (error instanceof StatusError) throw new KustomizeError(error.message)
    throw error
  }
}

export interface CompiledSelector {
  readonly gvk: (gvk: Gvk) => boolean
  readonly name: TextTest
  readonly namespace: TextTest
  /** Labels and annotations. */
  readonly marks: (resource: Resource) => boolean
}

export const compileSelector = (selector: Selector): CompiledSelector => {
  const group = testOf(selector.group)
  const version = testOf(selector.version)
  const kind = testOf(selector.kind)
  const labels = labelTest(selector.labelSelector)
  const annotations = labelTest(selector.annotationSelector)
  return {
    gvk: (gvk) => group(gvk.group) && version(gvk.version) && kind(gvk.kind),
    name: testOf(selector.name),
    namespace: testOf(selector.namespace),
    marks: (resource) => labels(resource.labels) && annotations(resource.annotations),
  }
}

/** Those that match by the id they had at first or by the one they have now. */
export const select = (resources: readonly Resource[], selector: Selector): readonly Resource[] => {
  const compiled = compileSelector(selector)
  return resources.filter((resource) => {
    const ids = [resource.originalId, resource.currentId]
    return (
      ids.some((id) => compiled.namespace(effectiveNamespace(id))) &&
      ids.some((id) => compiled.name(id.name)) &&
      compiled.gvk(resource.gvk) &&
      compiled.marks(resource)
    )
  })
}

/** Whether the selector's every word is in the id. */
export const selectsId = (compiled: CompiledSelector, id: ResourceId): boolean =>
  compiled.gvk(id.gvk) && compiled.name(id.name) && compiled.namespace(effectiveNamespace(id))
