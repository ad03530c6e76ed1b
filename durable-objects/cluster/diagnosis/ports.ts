// Whether the Pods listen where the Service sends to.
import type { Service, ServicePort } from '#api/core/v1/service/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { matches, selectorFromMap } from '#apimachinery/labels.ts'
import type { Protocol } from '#netfilter/packet.ts'
import type { ListeningSocket } from '#network/world.ts'
import type { Cause, Remedy } from './cause.ts'
import {
  type DiagnosisContext,
  isReady,
  listed,
  namespaceOf,
  patchCommand,
  placeOf,
  selectedPods,
} from './context.ts'
import { askPort } from './listeners.ts'
import { containerRemedy } from './owner.ts'

const LOOPBACK = '127.0.0.1'

export const portCauses = (context: DiagnosisContext): readonly Cause[] => {
  const pods = selectedPods(context).filter(isReady)
  const { ports = [] } = context.service.spec
  return ports.flatMap((port, index) => {
    const cause =
      missingName(context, pods, port, index) ?? notListening(context, pods, port, index)
    return cause === undefined ? [] : [cause]
  })
}

const protocolOf = (port: ServicePort): Protocol =>
  (port.protocol ?? 'TCP').toLowerCase() as Protocol

/** kubernetes: FindPort. undefined: the Pod has no port of that name. */
const targetIn = (port: ServicePort, { spec }: Pod): number | undefined => {
  const target = port.targetPort ?? port.port
  if (typeof target === 'number') return target
  return spec.containers
    .flatMap(({ ports = [] }) => ports)
    .find(({ name, protocol = 'TCP' }) => name === target && protocol === (port.protocol ?? 'TCP'))
    ?.containerPort
}

const missingName = (
  context: DiagnosisContext,
  pods: readonly Pod[],
  port: ServicePort,
  index: number,
): Cause | undefined => {
  const without = pods.filter((pod) => targetIn(port, pod) === undefined)
  const [pod] = without
  if (pod === undefined) return undefined
  const { service } = context
  const declared = pod.spec.containers.flatMap(({ ports = [] }) => ports)
  const [candidate] = declared.filter(
    ({ protocol = 'TCP' }) => protocol === (port.protocol ?? 'TCP'),
  )
  const how = without.length === pods.length ? 'no Pod' : `${without.length} of ${pods.length} Pods`
  const lacks = without.length === pods.length ? `${how} has` : `${how} lack`
  return {
    code: 'NamedPortMissing',
    says: `The Service sends to the port named "${port.targetPort}", but ${lacks} a container port of that name. Names are looked up in each Pod by itself, and a Pod without it gets no traffic.`,
    evidence: [
      { place: placeOf(service, `spec.ports[${index}].targetPort`), found: port.targetPort },
      ...without.slice(0, 3).map((found) => ({
        place: placeOf(found, 'spec.containers[*].ports'),
        expected: port.targetPort,
        found: found.spec.containers.flatMap(({ ports = [] }) => ports),
      })),
    ],
    place: placeOf(service, `spec.ports[${index}].targetPort`),
    ...(candidate === undefined
      ? {}
      : { remedy: targetRemedy(service, index, candidate.containerPort) }),
  }
}

const targetRemedy = (service: Service, index: number, target: number): Remedy =>
  portsRemedy(
    service,
    `Send to port ${target}, where the container listens.`,
    (service.spec.ports ?? []).map((port, at) =>
      at === index ? { ...port, targetPort: target } : port,
    ),
  )

/** A merge patch replaces lists, so that it carries all ports. */
export const portsRemedy = (
  service: Service,
  says: string,
  ports: readonly ServicePort[],
): Remedy => {
  const target = placeOf(service, 'spec.ports')
  const patch = { spec: { ports } }
  return { says, patch: { target, type: 'merge', patch }, command: patchCommand(target, patch) }
}

const notListening = (
  context: DiagnosisContext,
  pods: readonly Pod[],
  port: ServicePort,
  index: number,
): Cause | undefined => {
  const protocol = protocolOf(port)
  const refusals = pods.flatMap((pod) => {
    const target = targetIn(port, pod)
    const answer = target === undefined ? undefined : askPort(context, pod, protocol, target)
    return answer?.kind === 'refused' ? [{ pod, target: target!, sockets: answer.listeningOn }] : []
  })
  const [first] = refusals
  if (first === undefined || refusals.length < pods.length) return undefined
  const { pod, target, sockets } = first
  const own = sockets.find((socket) => socket.port === target && socket.protocol === protocol)
  if (own?.address === LOOPBACK) return onLoopback(context, pod, target, index)
  return (
    sharedPods(context, port, index) ??
    elsewhere(context, { pod, target, sockets, protocol, index })
  )
}

const onLoopback = (
  { client, service }: DiagnosisContext,
  pod: Pod,
  target: number,
  index: number,
): Cause => {
  const container = pod.spec.containers.find(({ command = [], args = [], env = [] }) =>
    [...command, ...args, ...env.map(({ value }) => value ?? '')].some((text) =>
      text.includes(LOOPBACK),
    ),
  )
  const open = (text: string) => text.replaceAll(LOOPBACK, '0.0.0.0')
  const remedy =
    container === undefined
      ? undefined
      : containerRemedy(
          client,
          pod,
          container.name,
          'Let the program listen on 0.0.0.0: on every address of the Pod.',
          ({ command, args, env, ...rest }) => ({
            ...rest,
            ...(command === undefined ? {} : { command: command.map(open) }),
            ...(args === undefined ? {} : { args: args.map(open) }),
            ...(env === undefined
              ? {}
              : {
                  env: env.map(({ value, ...variable }) =>
                    value === undefined ? variable : { ...variable, value: open(value) },
                  ),
                }),
          }),
        )
  return {
    code: 'ListensOnLoopback',
    says: `The program in ${pod.metadata.name} listens on ${LOOPBACK}:${target}, which only the Pod itself can reach. Traffic from the Service arrives at the Pod's address and is refused.`,
    evidence: [
      { place: placeOf(service, `spec.ports[${index}].targetPort`), found: target },
      {
        place: placeOf(pod, 'spec.containers'),
        expected: `*:${target}`,
        found: `${LOOPBACK}:${target}`,
      },
    ],
    place: placeOf(pod, 'spec.containers'),
    ...(remedy === undefined ? {} : { remedy }),
  }
}

interface Refusal {
  readonly pod: Pod
  readonly target: number
  readonly sockets: readonly ListeningSocket[]
  readonly protocol: Protocol
  readonly index: number
}

const elsewhere = (
  { service }: DiagnosisContext,
  { pod, target, sockets, protocol, index }: Refusal,
): Cause => {
  const reachable = sockets.filter((socket) => socket.address === '*')
  const candidate = reachable.find((socket) => socket.protocol === protocol)
  const found = reachable.map((socket) => `${socket.port}/${socket.protocol.toUpperCase()}`)
  return {
    code: 'TargetPortNotListening',
    says: `The Service sends to port ${target}, but nothing in ${pod.metadata.name} listens there: connections are refused. ${found.length === 0 ? 'The Pod listens on no port at all.' : `It listens on ${listed(found)}.`} targetPort must be the port of the program, not that of the Service.`,
    evidence: [
      {
        place: placeOf(service, `spec.ports[${index}].targetPort`),
        ...(found.length === 0 ? {} : { expected: listed(found) }),
        found: target,
      },
      {
        place: placeOf(pod, 'ports that are listened on'),
        found: found.length === 0 ? 'none' : listed(found),
      },
    ],
    place: placeOf(service, `spec.ports[${index}].targetPort`),
    ...(candidate === undefined ? {} : { remedy: targetRemedy(service, index, candidate.port) }),
  }
}

/** Another Service with the same Pods sends them to the port where they do listen. */
const sharedPods = (
  context: DiagnosisContext,
  port: ServicePort,
  index: number,
): Cause | undefined => {
  const { service } = context
  const [pod] = selectedPods(context).filter(isReady)
  if (pod === undefined) return undefined
  // a TCP port is no place for datagrams
  const answered = ({ spec: { ports = [] } }: Service): ServicePort | undefined =>
    ports.find(
      (candidate) =>
        protocolOf(candidate) === protocolOf(port) && isAnswered(context, pod, candidate),
    )
  const other = otherServices(context, pod).find((candidate) => answered(candidate) !== undefined)
  if (other === undefined) return undefined
  const theirs = answered(other)!
  return {
    code: 'ServicesShareThePods',
    says: `${service.metadata.name} and ${other.metadata.name} select the same Pods but send to different ports: ${port.targetPort ?? port.port} and ${theirs.targetPort ?? theirs.port}. The Pods only listen on the second, so that one of the two Services works and the other does not.`,
    evidence: [
      { place: placeOf(service, `spec.ports[${index}]`), found: port },
      { place: placeOf(other, 'spec.ports'), found: other.spec.ports },
      { place: placeOf(pod, 'metadata.labels'), found: pod.metadata.labels },
    ],
    place: placeOf(service, `spec.ports[${index}].targetPort`),
    remedy: targetRemedy(service, index, targetIn(theirs, pod)!),
  }
}

export const otherServices = (
  { client, service }: DiagnosisContext,
  pod: Pod,
): readonly Service[] =>
  client
    .list('services', { namespace: namespaceOf(service) })
    .filter(
      ({ metadata, spec: { selector = {} } }) =>
        metadata.name !== service.metadata.name &&
        Object.keys(selector).length > 0 &&
        matches(selectorFromMap(selector), pod.metadata.labels),
    )

const isAnswered = (context: DiagnosisContext, pod: Pod, port: ServicePort): boolean => {
  const target = targetIn(port, pod)
  const answer = target === undefined ? undefined : askPort(context, pod, protocolOf(port), target)
  return answer !== undefined && answer.kind !== 'refused'
}
