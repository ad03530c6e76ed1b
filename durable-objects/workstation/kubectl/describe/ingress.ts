import type { Service } from '#api/core/v1/service/types.ts'
import type { IngressClass } from '#api/networking/v1/ingress-class/types.ts'
import type {
  Ingress,
  IngressBackend,
  IngressServiceBackend,
} from '#api/networking/v1/ingress/types.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import { attempt, type DescribeContext } from '#kubectl/describe/context.ts'
import { endpointsText } from '#kubectl/describe/endpoints.ts'
import { describeEventsOf } from '#kubectl/describe/events.ts'
import {
  describeAnnotations,
  describeLabels,
  describeLabelsAndAnnotations,
} from '#kubectl/describe/metadata.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import { slicesOf } from '#kubectl/describe/service.ts'
import { tabbed, type PrefixWriter } from '#kubectl/output/prefix-writer.ts'

/** kubernetes: kubectl pkg/describe IngressDescriber */
export const describeIngress = (context: DescribeContext, object: KubeObject): string => {
  const ingress = object as Ingress
  const { metadata, spec, status } = ingress
  const namespace = metadata.namespace ?? ''
  const backend = (of: IngressBackend): string => backendText(context, namespace, of)
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name)
    describeLabels(w, 'Labels', metadata.labels)
    w.field(0, 'Namespace', metadata.namespace)
    const addresses = (status.loadBalancer.ingress ?? [])
      .map(({ ip, hostname }) => ip || hostname || '')
      .filter((address) => address !== '')
    w.field(0, 'Address', [...new Set(addresses)].sort().join(','))
    w.field(0, 'Ingress Class', spec.ingressClassName ?? '<none>')
    const fallback = spec.defaultBackend === undefined ? '<default>' : backend(spec.defaultBackend)
    w.field(0, 'Default backend', fallback)
    describeTls(w, spec)
    w.write(0, 'Rules:\n  Host\tPath\tBackends\n')
    w.write(1, '----\t----\t--------\n')
    const rules = (spec.rules ?? []).filter(({ http }) => http !== undefined)
    for (const { host, http } of rules) {
      w.write(1, `${host || '*'}\t\n`)
      for (const path of http?.paths ?? [])
        w.write(2, `\t${path.path ?? ''} \t${backend(path.backend)}\n`)
    }
    if (rules.length === 0) w.write(1, `*\t*\t${fallback}\n`)
    describeAnnotations(w, 'Annotations', metadata.annotations)
    describeEventsOf(context, w, ingress)
  })
}

const describeTls = (w: PrefixWriter, { tls = [] }: Ingress['spec']): void => {
  if (tls.length > 0) w.write(0, 'TLS:\n')
  for (const { secretName, hosts = [] } of tls)
    w.write(1, `${secretName ? `${secretName} terminates` : 'SNI routes'} ${hosts.join(',')}\n`)
}

/** kubernetes: kubectl pkg/describe describeBackendV1 */
const backendText = (
  context: DescribeContext,
  namespace: string,
  { service, resource }: IngressBackend,
): string => {
  if (service !== undefined) {
    const name = `${service.name}:${service.port.number || (service.port.name ?? '')}`
    const endpoints = attempt(() => endpointsOf(context, namespace, service))
    return `${name} (${'value' in endpoints ? endpoints.value : `<error: ${endpoints.failure.message}>`})`
  }
  if (resource === undefined) return ''
  const { apiGroup = '<none>', kind, name } = resource
  return `APIGroup: ${apiGroup}, Kind: ${kind}, Name: ${name}`
}

const endpointsOf = (
  context: DescribeContext,
  namespace: string,
  backend: IngressServiceBackend,
): string => {
  const slices = slicesOf(context, namespace, backend.name)
  const service = context.get('services', namespace, backend.name) as Service | undefined
  if (service === undefined) throw new KubectlFailure(`services "${backend.name}" not found`)
  const { number, name } = backend.port
  const ports = (service.spec.ports ?? []).filter(
    (port) => (number && port.port === number) || (name && port.name === name),
  )
  return endpointsText(slices, ports.at(-1)?.name ?? '')
}

/** kubernetes: kubectl pkg/describe IngressClassDescriber */
export const describeIngressClass = (context: DescribeContext, object: KubeObject): string => {
  const { metadata, spec } = object as IngressClass
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name)
    describeLabelsAndAnnotations(w, metadata)
    w.field(0, 'Controller', spec.controller)
    if (spec.parameters !== undefined) {
      const { apiGroup, kind, name } = spec.parameters
      w.write(0, 'Parameters:\n')
      if (apiGroup !== undefined) w.field(1, 'APIGroup', apiGroup)
      w.field(1, 'Kind', kind)
      w.field(1, 'Name', name)
    }
    describeEventsOf(context, w, object)
  })
}
