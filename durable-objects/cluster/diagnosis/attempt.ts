// Whether what was tried can work at all: the port, the name, the kind of Service.
import type { ServicePort } from '#api/core/v1/service/types.ts'
import type { Cause } from './cause.ts'
import {
  askedNode,
  type DiagnosisContext,
  isReady,
  listed,
  namespaceOf,
  placeOf,
  selectedPods,
} from './context.ts'
import { askPort } from './listeners.ts'
import { isOutside } from './outside.ts'
import { otherServices, portsRemedy } from './ports.ts'
import { copyIn } from './selector.ts'

export const attemptCauses = (context: DiagnosisContext): readonly Cause[] =>
  [portNotExposed(context), shortName(context), headless(context)].filter(
    (cause) => cause !== undefined,
  )

const textOf = ({ name, port, nodePort }: ServicePort): string =>
  `${port}${name === undefined || name === '' ? '' : ` (${name})`}${nodePort === undefined || nodePort === 0 ? '' : `, node port ${nodePort}`}`

const portNotExposed = (context: DiagnosisContext): Cause | undefined => {
  const { service, attempt } = context
  const { port, protocol = 'TCP' } = attempt
  const { ports = [], clusterIP } = service.spec
  if (port === undefined || clusterIP === 'None' || service.spec.type === 'ExternalName')
    return undefined
  const isOpen = ports.some(
    (candidate) =>
      (candidate.protocol ?? 'TCP') === protocol &&
      (candidate.port === port || candidate.nodePort === port),
  )
  if (isOpen) return undefined
  const [pod] = selectedPods(context).filter(isReady)
  const other =
    pod === undefined
      ? undefined
      : otherServices(context, pod).find(({ spec }) =>
          (spec.ports ?? []).some((candidate) => candidate.port === port),
        )
  const added = { port, protocol, targetPort: ports[0]?.targetPort ?? port }
  const named = ports.map((existing, index) => ({
    ...existing,
    name: existing.name ?? `port-${index}`,
  }))
  const remedy = portsRemedy(service, `Open port ${port} too, and send it to the same place.`, [
    ...named,
    { name: `port-${named.length}`, ...added },
  ])
  return {
    code: other === undefined ? 'PortNotExposed' : 'ServicesShareThePods',
    says: `${service.metadata.name} is not open on port ${port}. Its ports are ${listed(ports.map(textOf))}.${other === undefined ? '' : ` ${other.metadata.name}, which selects the same Pods, is.`}`,
    evidence: [
      {
        place: placeOf(service, 'spec.ports'),
        expected: port,
        found: ports.map((candidate) => candidate.port),
      },
      ...(other === undefined
        ? []
        : [{ place: placeOf(other, 'spec.ports'), found: other.spec.ports }]),
    ],
    place: placeOf(service, 'spec.ports'),
    remedy,
  }
}

const shortName = (context: DiagnosisContext): Cause | undefined => {
  const { client, service, attempt } = context
  const { from, host } = attempt
  if (from === undefined || !('pod' in from) || host !== service.metadata.name) return undefined
  const there = namespaceOf(service)
  if (from.pod.namespace === there) return undefined
  if (client.get('services', from.pod.namespace, host!) !== undefined) return undefined
  return {
    code: 'ShortNameAcrossNamespaces',
    says: `The name ${host} alone means a Service in the caller's own namespace, ${from.pod.namespace}, and there is none. The Service is in ${there}: call it ${host}.${there}.`,
    evidence: [
      {
        place: {
          apiVersion: 'v1',
          kind: 'Pod',
          namespace: from.pod.namespace,
          name: from.pod.name,
          field: 'the name that it calls',
        },
        expected: `${host}.${there}`,
        found: host,
      },
      { place: placeOf(service, 'metadata.namespace'), found: there },
    ],
    place: { apiVersion: 'v1', kind: 'Pod', namespace: from.pod.namespace, name: from.pod.name },
    remedy: {
      says: `Use the name ${host}.${there} in the program's settings; or give the namespace ${from.pod.namespace} a Service that is another name for it.`,
      apply: [
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: host, namespace: from.pod.namespace },
          spec: { type: 'ExternalName', externalName: `${host}.${there}.svc.cluster.local` },
        },
      ],
    },
  }
}

/** A headless Service is a list of addresses: its ports are never translated, and nobody balances. */
const headless = (context: DiagnosisContext): Cause | undefined => {
  const { service, attempt } = context
  const { clusterIP, ports = [] } = service.spec
  if (clusterIP !== 'None' || isOutside(context) || askedNode(context) !== undefined)
    return undefined
  const pods = selectedPods(context).filter(isReady)
  const asked = attempt.port === undefined ? ports.map(({ port }) => port) : [attempt.port]
  const refused = asked.find((port) =>
    pods.some((pod) => askPort(context, pod, 'tcp', port)?.kind === 'refused'),
  )
  if (refused === undefined) return undefined
  return {
    code: 'HeadlessDoesNotBalance',
    says: `${service.metadata.name} is headless (clusterIP: None): its name gives the addresses of the Pods, and no proxy stands between. Nobody turns port ${refused} into the target port or spreads connections, so that the Pods refuse it.`,
    evidence: [
      { place: placeOf(service, 'spec.clusterIP'), expected: 'an address', found: 'None' },
      { place: placeOf(service, 'spec.ports'), found: ports },
    ],
    place: placeOf(service, 'spec.clusterIP'),
    remedy: {
      says: 'Make it again without clusterIP: None; the field cannot be changed later.',
      delete: [placeOf(service)],
      apply: [withoutNone(copyIn(service, namespaceOf(service)))],
    },
  }
}

const withoutNone = (service: object): object => {
  const { spec, ...rest } = service as { readonly spec: Readonly<Record<string, unknown>> }
  const { clusterIP: _ip, clusterIPs: _ips, ...kept } = spec
  return { ...rest, spec: kept }
}
