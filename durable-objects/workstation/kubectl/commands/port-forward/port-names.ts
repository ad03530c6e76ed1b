// Which ports of a Pod are meant: by number, by name, by a Service's port. kubernetes: kubectl pkg/util/{pod_port,service_port}.go
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Service } from '#api/core/v1/service/types.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Info } from '#kubectl/resource/info.ts'

type ServicePort = NonNullable<Service['spec']['ports']>[number]

const isNumber = (text: string): boolean => /^[+-]?\d+$/.test(text)

/** kubernetes: splitPort */
const split = (text: string): readonly [local: string, remote: string] => {
  const parts = text.split(':')
  return parts.length === 2 ? [parts[0]!, parts[1]!] : [parts[0]!, parts[0]!]
}

const joined = (local: string, remote: string, isSame: boolean): string =>
  isSame ? remote : `${local}:${remote}`

const containerPorts = ({ spec }: Pod) => spec.containers.flatMap(({ ports = [] }) => ports)

const podPortNamed = (pod: Pod, name: string): number => {
  const found = containerPorts(pod).find((port) => (port.name ?? '') === name && name !== '')
  if (found !== undefined) return found.containerPort
  throw new KubectlFailure(`Pod '${pod.metadata.name}' does not have a named port '${name}'`)
}

/** kubernetes: checkUDPPorts */
const refuseUdp = (
  given: readonly string[],
  ports: readonly { readonly number: number; readonly protocol?: string }[],
  numberOf: (name: string) => number,
): void => {
  const isTcp = (number: number): boolean =>
    ports.some((port) => port.number === number && (port.protocol ?? 'TCP') === 'TCP')
  for (const text of given) {
    const [, remote] = split(text)
    const number = isNumber(remote) ? Number(remote) : numberOf(remote)
    if (ports.some((port) => port.number === number && port.protocol === 'UDP') && !isTcp(number))
      throw new KubectlFailure(`UDP protocol is not supported for ${remote}`)
  }
}

/** With numbers for names. kubernetes: convertPodNamedPortToNumber */
export const podPorts = (given: readonly string[], pod: Pod): readonly string[] => {
  const ports = containerPorts(pod).map(({ containerPort, protocol = 'TCP' }) => ({
    number: containerPort,
    protocol,
  }))
  refuseUdp(given, ports, (name) => podPortNamed(pod, name))
  return given.map((text) => {
    const [local, remote] = split(text)
    if (remote === '') throw new KubectlFailure('remote port cannot be empty')
    const number = isNumber(remote) ? remote : String(podPortNamed(pod, remote))
    return joined(local, number, local === remote)
  })
}

/** The ports behind a Service's. kubernetes: translateServicePortToTargetPort */
export const servicePorts = (
  given: readonly string[],
  { name: service, object }: Info,
  pod: Pod,
): readonly string[] => {
  const { spec } = object as unknown as Service
  const ports = spec.ports ?? []
  const named = (name: string): number => {
    const found = ports.find((port) => (port.name ?? '') === name)
    if (found !== undefined) return found.port
    throw new KubectlFailure(`Service '${service}' does not have a named port '${name}'`)
  }
  refuseUdp(
    given,
    ports.map(({ port, protocol = 'TCP' }) => ({ number: port, protocol })),
    named,
  )
  return given.map((text) => {
    const [local, remote] = split(text)
    const number = isNumber(remote) ? Number(remote) : named(remote)
    const shownLocal = local === remote ? String(number) : local
    const target = String(
      spec.clusterIP === 'None' ? number : targetOf(service, ports, pod, number),
    )
    return joined(shownLocal, target, shownLocal === target)
  })
}

/** kubernetes: LookupContainerPortNumberByServicePort */
const targetOf = (
  service: string,
  ports: readonly ServicePort[],
  pod: Pod,
  number: number,
): number => {
  const found = ports.find(({ port }) => port === number)
  if (found === undefined)
    throw new KubectlFailure(`Service ${service} does not have a service port ${number}`)
  const { targetPort = 0, port } = found
  if (typeof targetPort === 'string') return podPortNamed(pod, targetPort)
  return targetPort === 0 ? port : targetPort
}
