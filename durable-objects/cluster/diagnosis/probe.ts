// A readiness probe that asks where the container does not answer, while it does answer elsewhere.
import type { Container, Probe } from '#api/core/v1/pod/container-types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { Remedy } from './cause.ts'
import type { DiagnosisContext } from './context.ts'
import { askPort, socketsOf } from './listeners.ts'
import { containerRemedy } from './owner.ts'

/** Where programs say that they are well, and at last where they say anything. */
const PATHS = ['/healthz', '/health', '/readyz', '/ready', '/livez', '/-/ready', '/']

interface Asked {
  readonly port: number
  /** Absent: the probe only connects. */
  readonly path?: string
}

export const probeRemedy = (context: DiagnosisContext, pod: Pod): Remedy | undefined => {
  for (const container of pod.spec.containers) {
    const { name, readinessProbe: probe } = container
    const asked = probe === undefined ? undefined : askedBy(probe, container)
    if (probe === undefined || asked === undefined) continue
    const better = whereItAnswers(context, pod, asked, probe.httpGet?.scheme === 'HTTPS')
    if (better === undefined) continue
    return containerRemedy(
      context.client,
      pod,
      name,
      `The readiness probe asks ${textOf(asked)}, but the container answers at ${textOf(better)}: let it ask there.`,
      (template) => asking(template, better),
    )
  }
  return undefined
}

const textOf = ({ port, path }: Asked): string =>
  path === undefined ? `port ${port}` : `:${port}${path}`

const askedBy = ({ httpGet, tcpSocket }: Probe, { ports }: Container): Asked | undefined => {
  const given = httpGet?.port ?? tcpSocket?.port
  const port =
    typeof given === 'string' ? ports?.find(({ name }) => name === given)?.containerPort : given
  if (port === undefined) return undefined
  return httpGet === undefined ? { port } : { port, path: httpGet.path ?? '/' }
}

/** The nearest place where the probe would succeed; undefined if it is well where it is. */
const whereItAnswers = (
  context: DiagnosisContext,
  pod: Pod,
  asked: Asked,
  isTls: boolean,
): Asked | undefined => {
  const ports = socketsOf(context, pod)
    .filter(({ protocol, address }) => protocol === 'tcp' && address === '*')
    .map(({ port }) => port)
  const isOpen = ports.includes(asked.port)
  const { path } = asked
  if (path === undefined) {
    const [port] = ports
    return isOpen || port === undefined ? undefined : { port }
  }
  const candidates = (isOpen ? [asked.port] : ports).flatMap((port) =>
    [path, ...PATHS].map((candidate) => ({ port, path: candidate })),
  )
  const found = candidates.find((candidate) => isWell(context, pod, candidate, isTls))
  return found?.port === asked.port && found.path === path ? undefined : found
}

const isWell = (
  context: DiagnosisContext,
  pod: Pod,
  { port, path }: Required<Asked>,
  isTls: boolean,
): boolean => {
  const http = { method: 'GET', path, headers: {}, body: '', isTls }
  const answer = askPort(context, pod, 'tcp', port, http)
  return answer?.kind === 'http' && answer.status >= 200 && answer.status < 400
}

const asking = (container: Container, { port, path }: Asked): Container => {
  const { readinessProbe: probe } = container
  if (probe === undefined) return container
  const { httpGet, tcpSocket } = probe
  return {
    ...container,
    readinessProbe: {
      ...probe,
      ...(httpGet === undefined
        ? {}
        : { httpGet: { ...httpGet, port, ...(path === undefined ? {} : { path }) } }),
      ...(tcpSocket === undefined ? {} : { tcpSocket: { ...tcpSocket, port } }),
    },
  }
}
