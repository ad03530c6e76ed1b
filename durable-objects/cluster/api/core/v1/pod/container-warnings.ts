// kubernetes: pkg/api/pod/warnings.go
import { append } from '#apimachinery/append.ts'
import type { Container, ContainerPort } from '#api/core/v1/pod/container-types.ts'
import type { PodSpec } from '#api/core/v1/pod/types.ts'
import { visitContainers } from '#api/core/v1/pod/visit-containers.ts'
import { child, quote } from '#apimachinery/field-error.ts'
import { own, type ObjectMeta } from '#apimachinery/object.ts'
import { quantityMilliValue, quantityOf } from '#apimachinery/quantity.ts'

const SECCOMP = 'container.seccomp.security.alpha.kubernetes.io/'
const APPARMOR = 'container.apparmor.security.beta.kubernetes.io/'

/** `path` is the template's; empty for a Pod. */
export const containerWarnings = (
  spec: PodSpec,
  meta: ObjectMeta,
  path: string,
): readonly string[] => {
  const warnings: string[] = []
  visitContainers(spec, child(path, 'spec'), (container, here) => {
    append(
      warnings,
      profileWarnings(container, spec, meta, path),
      fractionWarnings(container, here),
      envWarnings(container, here),
    )
  })
  return warnings
}

const profileWarnings = (
  container: Container,
  spec: PodSpec,
  meta: ObjectMeta,
  path: string,
): readonly string[] => {
  if (meta.annotations === undefined) return []
  const warnings: string[] = []
  const warn = (key: string, since: string, field: string): void => {
    if (own(meta.annotations, key) !== undefined)
      warnings.push(
        `${child(path, 'metadata', 'annotations')}[${key}]: ${since}; use the "${field}" field instead`,
      )
  }
  const context = container.securityContext
  if (context?.seccompProfile === undefined)
    warn(SECCOMP + container.name, 'non-functional in v1.27+', 'seccompProfile')
  const hasAppArmor =
    (context?.appArmorProfile ?? spec.securityContext?.appArmorProfile) !== undefined
  if (!hasAppArmor) warn(APPARMOR + container.name, 'deprecated since v1.30', 'appArmorProfile')
  return warnings
}

const FRACTIONS = [
  ['limits', 'memory'],
  ['requests', 'memory'],
  ['limits', 'ephemeral-storage'],
  ['requests', 'ephemeral-storage'],
] as const

/** `100m` of memory is a tenth of a byte: somebody meant `100Mi`. */
const fractionWarnings = (container: Container, path: string): readonly string[] =>
  FRACTIONS.flatMap(([list, name]) => {
    const value = container.resources?.[list]?.[name]
    return value === undefined || quantityMilliValue(quantityOf(value)) % 1000 === 0
      ? []
      : [
          `${path}.resources.${list}[${name}]: fractional byte value ${quote(value)} is invalid, must be an integer`,
        ]
  })

const envWarnings = (container: Container, path: string): readonly string[] => {
  const seen = new Set<string>()
  return (container.env ?? []).flatMap(({ name, value = '', valueFrom }, index) => {
    const reference = `$(${name})`
    const hides =
      seen.has(name) &&
      (valueFrom !== undefined || value === reference || !value.includes(reference))
    seen.add(name)
    return hides
      ? [
          `${path}.env[${index}]: hides previous definition of ${quote(name)}, which may be dropped when using apply`,
        ]
      : []
  })
}

interface PlacedPort {
  readonly port: ContainerPort
  readonly path: string
}

export const portWarnings = (spec: PodSpec, path: string): readonly string[] => {
  const warnings: string[] = []
  const known = new Map<string, PlacedPort[]>()
  visitContainers(spec, path, (container, here) => {
    for (const [index, port] of (container.ports ?? []).entries()) {
      const at = `${here}.ports[${index}]`
      if (port.hostIP && !port.hostPort)
        warnings.push(`${at}: hostIP set without hostPort: ${goPort(port)}`)
      const key = `${port.containerPort}/${port.protocol}`
      const others = known.get(key) ?? []
      append(
        warnings,
        others.flatMap((other) => overlap({ port, path: at }, other)),
      )
      known.set(key, [...others, { port, path: at }])
    }
  })
  return warnings
}

/** As Go's %+v. */
const goPort = ({
  name = '',
  hostPort = 0,
  containerPort,
  protocol,
  hostIP,
}: ContainerPort): string =>
  `{Name:${name} HostPort:${hostPort} ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`

const overlap = ({ port, path }: PlacedPort, other: PlacedPort): readonly string[] => {
  const [ip, otherIp] = [port.hostIP ?? '', other.port.hostIP ?? '']
  const [hostPort, otherPort] = [port.hostPort ?? 0, other.port.hostPort ?? 0]
  if (ip === otherIp && hostPort === otherPort)
    return [`${path}: duplicate port definition with ${other.path}`]
  if (hostPort === 0 || otherPort === 0)
    return [`${path}: overlapping port definition with ${other.path}`]
  return hostPort === otherPort && (ip === '') !== (otherIp === '')
    ? [`${path}: dangerously ambiguous port definition with ${other.path}`]
    : []
}
