// Whether a policy is asked about a request. kubernetes: apiserver pkg/admission/plugin/policy/matching/matching.go
import type {
  MatchResources,
  NamedRuleWithOperations,
} from '#api/admissionregistration/v1/shared-types.ts'
import { matches, selectorFromLabelSelector, type LabelSelector } from '#apimachinery/labels.ts'
import type { KubeObject, StringMap } from '#apimachinery/object.ts'
import type { Reader } from '#kube-apiserver/reader.ts'
import type { AdmissionRequest } from '#kube-apiserver/registry/operation.ts'

const has = (list: readonly string[] | undefined, value: string): boolean =>
  list?.some((each) => each === '*' || each === value) === true

const namesResource = (
  resources: readonly string[] = [],
  resource: string,
  subresource: string,
): boolean =>
  resources.some((text) => {
    const [first = '', second = ''] = text.split('/', 2)
    return (first === '*' || first === resource) && (second === '*' || second === subresource)
  })

/** kubernetes: apiserver pkg/admission/plugin/webhook/predicates/rules Matcher */
const ruleMatches = (rule: NamedRuleWithOperations, request: AdmissionRequest): boolean => {
  const { resource, operation, subresource = '', namespace, name } = request
  const { scope = '*', resourceNames = [] } = rule
  const isScoped = resource.namespaced && namespace !== ''
  return (
    has(rule.operations, operation) &&
    has(rule.apiGroups, resource.group) &&
    has(rule.apiVersions, resource.version) &&
    namesResource(rule.resources, resource.plural, subresource) &&
    (scope === '*' || (scope === 'Namespaced') === isScoped) &&
    (resourceNames.length === 0 || resourceNames.includes(name))
  )
}

const isSelected = (selector: LabelSelector, labels: StringMap | undefined): boolean =>
  matches(selectorFromLabelSelector(selector) ?? [], labels)

/** What is in no namespace is in all that could be asked for; a Namespace goes by its own labels. */
const namespaceMatches = (
  selector: LabelSelector | undefined,
  request: AdmissionRequest,
  reader: Reader,
): boolean => {
  if (selector === undefined || Object.keys(selector).length === 0) return true
  const { resource, namespace, object, old } = request
  if (resource.name === 'namespaces') return isSelected(selector, (object ?? old)?.metadata.labels)
  if (namespace === '') return true
  return isSelected(selector, reader.get('namespaces', '', namespace)?.metadata.labels)
}

const objectMatches = (
  selector: LabelSelector | undefined,
  ...objects: readonly (KubeObject | undefined)[]
): boolean => {
  if (selector === undefined || Object.keys(selector).length === 0) return true
  return objects.some((each) => each !== undefined && isSelected(selector, each.metadata.labels))
}

/** `needsRule`: a policy is asked only about what it names; its binding narrows that if it names anything. */
export const matchesResources = (
  match: MatchResources | undefined,
  request: AdmissionRequest,
  reader: Reader,
  needsRule: boolean,
): boolean => {
  if (match === undefined) return !needsRule
  const { resourceRules = [], excludeResourceRules = [] } = match
  if (excludeResourceRules.some((rule) => ruleMatches(rule, request))) return false
  const isNamed =
    (resourceRules.length === 0 && !needsRule) ||
    resourceRules.some((rule) => ruleMatches(rule, request))
  return (
    isNamed &&
    namespaceMatches(match.namespaceSelector, request, reader) &&
    objectMatches(match.objectSelector, request.object, request.old)
  )
}
