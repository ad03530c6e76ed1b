// Whether NetworkPolicies let callers reach the Pods.
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { StringMap } from '#apimachinery/object.ts'
import type { Protocol } from '#netfilter/packet.ts'
import type { WorldPod } from '#network/world.ts'
import type { Cause } from './cause.ts'
import { type DiagnosisContext, isReady, namespaceOf, placeOf, selectedPods } from './context.ts'
import { authoredLabels } from './selector.ts'

const MOST_CALLERS = 20

/** The caller, or, if nobody is named, Pods that might call. */
const callersOf = (context: DiagnosisContext): readonly WorldPod[] => {
  const { client, world, service, attempt } = context
  const { from } = attempt
  if (from !== undefined) {
    const pod = 'pod' in from ? world.pod(from.pod.namespace, from.pod.name) : undefined
    return pod === undefined ? [] : [pod]
  }
  const backends = new Set(selectedPods(context).map(({ metadata }) => metadata.uid))
  return client
    .list('pods', { namespace: namespaceOf(service) })
    .filter(({ metadata, spec }) => !backends.has(metadata.uid) && spec.hostNetwork !== true)
    .slice(0, MOST_CALLERS)
    .flatMap(({ metadata }) => world.pod(metadata.namespace ?? '', metadata.name!) ?? [])
}

/** What a connection needs to be allowed to be. */
interface Connection {
  readonly caller: WorldPod
  readonly target: WorldPod
  readonly port: number
  readonly protocol: Protocol
}

interface Denied extends Connection {
  readonly directions: readonly ('egress' | 'ingress')[]
  readonly says: string
}

export const policyCause = (context: DiagnosisContext): Cause | undefined => {
  const { client, world, service } = context
  if (client.dynamic.list('networkpolicies.networking.k8s.io').length === 0) return undefined
  const [port] = service.spec.ports ?? []
  const [pod] = selectedPods(context).filter(isReady)
  if (pod === undefined || port === undefined) return undefined
  const target = world.pod(pod.metadata.namespace ?? '', pod.metadata.name!)
  if (target === undefined) return undefined
  const number =
    typeof port.targetPort === 'number'
      ? port.targetPort
      : namedPort(pod, port.targetPort, port.port)
  const protocol = PROTOCOLS[port.protocol ?? 'TCP'] ?? 'tcp'
  const verdicts = callersOf(context).map((caller) =>
    deniedOf(context, { caller, target, port: number, protocol }),
  )
  const [denied] = verdicts
  return denied === undefined || verdicts.includes(undefined)
    ? undefined
    : policyDenies(context, pod, denied)
}

const PROTOCOLS: Readonly<Record<string, Protocol>> = { TCP: 'tcp', UDP: 'udp', SCTP: 'sctp' }

const namedPort = (pod: Pod, name: string | undefined, otherwise: number): number =>
  pod.spec.containers.flatMap(({ ports = [] }) => ports).find((port) => port.name === name)
    ?.containerPort ?? otherwise

const deniedOf = ({ world }: DiagnosisContext, connection: Connection): Denied | undefined => {
  const { caller, target, port, protocol } = connection
  const verdicts = (['egress', 'ingress'] as const)
    .map((direction) => ({
      direction,
      ...world.policy(caller, target, port, protocol, direction),
    }))
    .filter(({ isAllowed }) => !isAllowed)
  const [first] = verdicts
  return first === undefined
    ? undefined
    : {
        ...connection,
        directions: verdicts.map(({ direction }) => direction),
        says: first.says,
      }
}

const policyDenies = ({ service }: DiagnosisContext, pod: Pod, denied: Denied): Cause => {
  const { caller, port, directions, says } = denied
  const callerPlace = {
    apiVersion: 'v1',
    kind: 'Pod',
    namespace: caller.namespace,
    name: caller.name,
    field: 'metadata.labels',
  }
  const selector = service.spec.selector ?? pod.metadata.labels ?? {}
  return {
    code: 'NetworkPolicyDenies',
    says: `A NetworkPolicy keeps ${caller.namespace}/${caller.name} from reaching the Pods of ${service.metadata.name} on port ${port}: ${says}`,
    evidence: [
      { place: placeOf(pod, 'metadata.labels'), found: pod.metadata.labels ?? {} },
      { place: callerPlace, found: caller.labels },
    ],
    place: directions[0] === 'egress' ? callerPlace : placeOf(pod, 'metadata.labels'),
    remedy: {
      says: 'Allow this caller with one more NetworkPolicy: what any of them allows is allowed.',
      // only where something is forbidden: a policy forbids whatever it does not list
      apply: directions.map((direction) =>
        allowance(
          { name: service.metadata.name!, namespace: namespaceOf(service), selector },
          {
            ...denied,
            direction,
          },
        ),
      ),
    },
  }
}

interface Side {
  readonly namespace: string
  readonly labels: StringMap
}

const allowance = (
  service: { readonly name: string; readonly namespace: string; readonly selector: StringMap },
  { caller, port, protocol, direction }: Connection & { readonly direction: 'egress' | 'ingress' },
): object => {
  const server: Side = { namespace: service.namespace, labels: service.selector }
  const client: Side = { namespace: caller.namespace, labels: authoredLabels(caller.labels) }
  const isEgress = direction === 'egress'
  const [own, other] = isEgress ? [client, server] : [server, client]
  const peers = [
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': other.namespace } },
      podSelector: { matchLabels: other.labels },
    },
  ]
  const ports = [{ protocol: protocol.toUpperCase(), port }]
  const name = `allow-${isEgress ? 'from-callers-of' : 'to'}-${service.name}`.slice(0, 253)
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: own.namespace },
    spec: {
      podSelector: { matchLabels: own.labels },
      policyTypes: [isEgress ? 'Egress' : 'Ingress'],
      ...(isEgress ? { egress: [{ to: peers, ports }] } : { ingress: [{ from: peers, ports }] }),
    },
  }
}
