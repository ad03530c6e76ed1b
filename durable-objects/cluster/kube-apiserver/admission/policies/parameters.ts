// What a policy is about beside the request. kubernetes: apiserver pkg/admission/plugin/policy/generic/policy_dispatcher.go CollectParams
import type { ParamKind, ParamRef } from '#api/admissionregistration/v1/shared-types.ts'
import type { CustomResourceDefinition } from '#api/apiextensions/v1/custom-resource-definition/types.ts'
import { matches, selectorFromLabelSelector } from '#apimachinery/labels.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import type { Reader } from '#kube-apiserver/reader.ts'
import { apiVersionOf, sharedResources } from '#kube-apiserver/resources.ts'

const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io'
const DENY = 'Deny'

/** A policy that cannot be asked: why. */
export class ConfigurationError extends Error {}

interface ParamResource {
  readonly name: string
  readonly namespaced: boolean
}

const resourceOf = (
  { apiVersion = '', kind = '' }: ParamKind,
  reader: Reader,
): ParamResource | undefined => {
  const builtIn = sharedResources()
    .all()
    .find((each) => each.kind === kind && apiVersionOf(each) === apiVersion)
  if (builtIn !== undefined) return builtIn
  const definitions = reader.list(DEFINITIONS) as readonly CustomResourceDefinition[]
  const found = definitions.find(
    ({ spec }) =>
      spec.names.kind === kind &&
      spec.versions.some(({ name }) => `${spec.group}/${name}` === apiVersion),
  )
  return (
    found && {
      name: found.metadata.name ?? '',
      namespaced: found.spec.scope === 'Namespaced',
    }
  )
}

/** The objects that a policy is to be evaluated with, one after the other; a policy without parameters is, once. */
export const parametersOf = (
  kind: ParamKind | undefined,
  ref: ParamRef | undefined,
  namespace: string,
  reader: Reader,
): readonly (KubeObject | undefined)[] => {
  if (kind === undefined || ref === undefined) return [undefined]
  const resource = resourceOf(kind, reader)
  if (resource === undefined)
    throw new ConfigurationError(
      `failed to configure policy: failed to find resource referenced by paramKind: '${kind.apiVersion}, Kind=${kind.kind}'`,
    )
  const where = placeOf(resource, ref, namespace)
  const found = findAll(resource, ref, where, reader)
  if (found.length > 0) return found
  if (ref.parameterNotFoundAction !== DENY) return []
  throw new ConfigurationError(
    'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction',
  )
}

const placeOf = (resource: ParamResource, ref: ParamRef, namespace: string): string => {
  const given = ref.namespace ?? ''
  if (!resource.namespaced) {
    if (given === '') return ''
    throw new ConfigurationError(
      'failed to configure binding: paramRef.namespace must not be provided for a cluster-scoped `paramKind`',
    )
  }
  if (given !== '') return given
  if (namespace !== '') return namespace
  throw new ConfigurationError(
    'failed to configure binding: cannot use namespaced paramRef in policy binding that matches cluster-scoped resources',
  )
}

const findAll = (
  { name: resource }: ParamResource,
  { name = '', selector }: ParamRef,
  namespace: string,
  reader: Reader,
): readonly KubeObject[] => {
  if (name !== '') {
    const found = reader.get(resource, namespace, name)
    return found === undefined ? [] : [found]
  }
  if (selector === undefined) return []
  const wanted = selectorFromLabelSelector(selector) ?? []
  return reader
    .list(resource, namespace === '' ? {} : { namespace })
    .filter(({ metadata }) => matches(wanted, metadata.labels))
}
