// Answers for the metrics server, and asks it. Figures follow from what runs; none is stored.
import type { Node } from '#api/core/v1/node/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import {
  methodNotAllowed,
  methodNotSupported,
  noSuchPath,
  notFound,
} from '#apimachinery/status-error.ts'
import type { Client } from '#client/client.ts'
import type { Measurements, Metrics } from '#client/metrics.ts'
import {
  METRICS_GROUP,
  nodeMetrics,
  nodeMetricsOf,
  podMetrics,
  podMetricsOf,
} from '#kube-apiserver/aggregator/metrics-resources.ts'
import { isAvailable, remoteService } from '#kube-apiserver/aggregator/remote.ts'
import { viewOf, type ResourceRequest } from '#kube-apiserver/endpoints/context.ts'
import { listAnswer, objectAnswer } from '#kube-apiserver/endpoints/form.ts'
import { queryFlag, type Answer } from '#kube-apiserver/endpoints/http.ts'
import { checkListOptions, listOptionsOf } from '#kube-apiserver/endpoints/list-options.ts'
import { selectionOf } from '#kube-apiserver/endpoints/selection.ts'
import { groupResourceOf } from '#kube-apiserver/resources.ts'

type Target = Omit<ResourceRequest, 'resource'>

/** Any request under /apis/metrics.k8s.io/v1beta1 that names a resource. */
export const answerMetrics = (target: Target, measured: Measurements): Answer => {
  const { request, path } = target
  const resource = [nodeMetrics, podMetrics].find(({ plural }) => plural === path.plural)
  if (resource === undefined || path.subresource !== '') throw noSuchPath()
  if (!resource.namespaced && path.namespace !== '') throw noSuchPath()
  if (resource.namespaced && path.namespace === '' && path.name !== '') throw noSuchPath()
  if (request.method !== 'GET') throw methodNotAllowed()
  const whole: ResourceRequest = { ...target, resource }
  if (path.isWatch === true || queryFlag(request, 'watch'))
    throw methodNotSupported(groupResourceOf(resource), 'watch')
  return path.name === '' ? listed(whole, measured) : single(whole, measured)
}

const measure = (
  { context, resource }: ResourceRequest,
  objects: readonly KubeObject[],
  measured: Measurements,
): readonly KubeObject[] => {
  const now = context.now()
  return resource === podMetrics
    ? measured.pods(objects as readonly Pod[]).map((usage) => podMetricsOf(usage, now))
    : measured.nodes(objects as readonly Node[]).map((usage) => nodeMetricsOf(usage, now))
}

const listed = (target: ResourceRequest, measured: Measurements): Answer => {
  const { context, request, resource, path } = target
  const view = viewOf(target)
  const options = listOptionsOf(request)
  const selection = selectionOf(resource, options)
  checkListOptions(options)
  const within = path.namespace === '' ? {} : { namespace: path.namespace }
  // what is selected is known before anything is measured: metrics have the names and labels of what they are about
  const objects = context.etcd.list(resource.plural, within).filter(selection.matches)
  return listAnswer(view, measure(target, objects, measured), {})
}

const single = (target: ResourceRequest, measured: Measurements): Answer => {
  const { context, resource, path } = target
  const view = viewOf(target)
  const object = context.etcd.get(resource.plural, path.namespace, path.name)
  const [found] = object === undefined ? [] : measure(target, [object], measured)
  if (found !== undefined) return objectAnswer(view, found)
  const name = resource.namespaced ? `${path.namespace}/${path.name}` : path.name
  throw notFound({ group: METRICS_GROUP, resource: resource.kind.toLowerCase() }, name)
}

/** The same as components ask for it, with what client-go makes of a server that does not answer. */
export const metricsClient = (client: Client, measured: Measurements): Metrics => ({
  pods: (namespace, selector) => {
    const service = remoteService(client.dynamic, METRICS_GROUP, 'v1beta1')
    if (service === undefined || !isAvailable(service)) {
      const problem =
        service === undefined
          ? 'the server could not find the requested resource'
          : 'the server is currently unable to handle the request'
      return { failure: `${problem} (get pods.metrics.k8s.io)` }
    }
    const pods = client.list('pods', {
      ...(namespace === '' ? {} : { namespace }),
      labels: selector,
    })
    return measured.pods(pods)
  },
})
