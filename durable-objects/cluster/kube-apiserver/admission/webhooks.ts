// kubernetes: apiserver pkg/admission/plugin/webhook/{mutating,validating}/dispatcher.go, pkg/util/webhook
import type { MutatingWebhook } from '#api/admissionregistration/v1/mutating-webhook-configuration/types.ts'
import type { ServiceReference } from '#api/admissionregistration/v1/shared-types.ts'
import type { WebhookConfiguration } from '#api/admissionregistration/v1/webhook-validation.ts'
import type { Service } from '#api/core/v1/service/types.ts'
import type { EndpointSlice } from '#api/discovery/v1/endpoint-slice/types.ts'
import { quote } from '#apimachinery/field-error.ts'
import { own } from '#apimachinery/object.ts'
import { internalError } from '#apimachinery/status-error.ts'
import type { AdmissionContext, AdmissionPlugin } from '#kube-apiserver/admission/plugin.ts'
import { conditionsHold } from '#kube-apiserver/admission/policies/evaluation.ts'
import { matchesResources } from '#kube-apiserver/admission/policies/matching.ts'
import type { Reader } from '#kube-apiserver/reader.ts'
import type { AdmissionRequest } from '#kube-apiserver/registry/operation.ts'

const GROUP = 'admissionregistration.k8s.io'
// whole strings: they are looked up at every write
const MUTATING = 'mutatingwebhookconfigurations.admissionregistration.k8s.io'
const VALIDATING = 'validatingwebhookconfigurations.admissionregistration.k8s.io'
const HTTPS = 443

const hasEndpoint = (reader: Reader, { metadata }: Service): boolean => {
  const slices = reader.list('endpointslices.discovery.k8s.io', {
    namespace: metadata.namespace ?? '',
  }) as readonly EndpointSlice[]
  return slices.some(
    (slice) =>
      own(slice.metadata.labels, 'kubernetes.io/service-name') === metadata.name &&
      (slice.endpoints ?? []).some(({ conditions }) => conditions?.ready !== false),
  )
}

/** Why nobody answers at the Service; undefined if somebody does. kubernetes: kube-aggregator pkg/apiserver/resolvers.go, util/proxy ResolveCluster */
const problemAt = (
  { namespace, name, port = HTTPS }: ServiceReference,
  reader: Reader,
): string | undefined => {
  const service = reader.get('services', namespace, name) as Service | undefined
  if (service === undefined) return `service ${quote(name)} not found`
  if (service.spec.type === 'ExternalName') return undefined
  if (!(service.spec.ports ?? []).some((each) => each.port === port))
    return `no service port ${port} found for service ${quote(name)}`
  return hasEndpoint(reader, service)
    ? undefined
    : `dial tcp ${service.spec.clusterIP ?? ''}:${port}: connect: connection refused`
}

/**
 * What keeps a webhook from being asked. differs: whoever is there to be asked agrees and changes nothing, since nothing that runs here
 * knows the protocol; so does what stands outside of the cluster.
 */
const failureOf = (hook: MutatingWebhook, reader: Reader): string | undefined => {
  const { service } = hook.clientConfig
  if (service === undefined) return undefined
  const problem = problemAt(service, reader)
  if (problem === undefined) return undefined
  const { namespace, name, port = HTTPS, path = '' } = service
  const url = `https://${name}.${namespace}.svc:${port}${path === '' ? '/' : path}?timeout=${hook.timeoutSeconds ?? 10}s`
  return `failed to call webhook: Post ${quote(url)}: ${problem}`
}

const isAsked = (hook: MutatingWebhook, request: AdmissionRequest, reader: Reader): boolean => {
  const { rules = [], namespaceSelector, objectSelector } = hook
  const match = {
    resourceRules: rules,
    ...(namespaceSelector === undefined ? {} : { namespaceSelector }),
    ...(objectSelector === undefined ? {} : { objectSelector }),
  }
  if (!matchesResources(match, request, reader, true)) return false
  return conditionsHold(hook.matchConditions ?? [], request, reader) !== false
}

const ask = (configurations: string, request: AdmissionRequest, reader: Reader): void => {
  const all = reader.list(configurations) as readonly WebhookConfiguration[]
  if (all.length === 0 || request.resource.group === GROUP) return
  for (const { webhooks = [] } of all)
    for (const hook of webhooks) {
      if (hook.failurePolicy === 'Ignore' || !isAsked(hook, request, reader)) continue
      const failure = failureOf(hook, reader)
      if (failure !== undefined)
        throw internalError(`failed calling webhook ${quote(hook.name)}: ${failure}`)
    }
}

export const mutatingAdmissionWebhook = ({ reader }: AdmissionContext): AdmissionPlugin => ({
  name: 'MutatingAdmissionWebhook',
  admit: (request) => {
    ask(MUTATING, request, reader)
    return request.object
  },
})

export const validatingAdmissionWebhook = ({ reader }: AdmissionContext): AdmissionPlugin => ({
  name: 'ValidatingAdmissionWebhook',
  validate: (request) => ask(VALIDATING, request, reader),
})
