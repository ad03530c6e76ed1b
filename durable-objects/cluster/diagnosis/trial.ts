// Where no check finds anything, the request itself is tried: what a trace would tell is never contradicted.
import type { Pod } from '#api/core/v1/pod/types.ts'
import { selectorFromMap } from '#apimachinery/labels.ts'
import { formatIp, parseIp } from '#net/ip.ts'
import { type Resolved, resolveName } from '#network/dns.ts'
import { HopList } from '#network/hops.ts'
import { senderOf } from '#network/sender.ts'
import { trace } from '#network/trace-request.ts'
import type { Trace, TraceHop, TraceSource, TraceTarget } from '#network/trace.ts'
import type { Cause } from './cause.ts'
import { callerDnsCause } from './caller-dns.ts'
import { type DiagnosisContext, namespaceOf, placeOf, selectedPods } from './context.ts'
import { isOutside } from './outside.ts'

/** If nobody is named: so many Pods next to the Service are tried, and all must fail. */
const MOST_CALLERS = 3

export const trialCause = (context: DiagnosisContext): Cause | undefined => {
  const { from } = context.attempt
  const targets = isOutside(context) ? outsideTargets(context) : [targetOf(context)]
  const callers = from === undefined ? likelyCallers(context) : [from]
  const causes = callers.flatMap((caller) =>
    targets.flatMap((to) => (to === undefined ? [] : [causeFor(context, caller, to)])),
  )
  return causes.every((cause) => cause !== undefined) ? causes[0] : undefined
}

const MOST_NODES = 3

/** Where it is open to the world; at the addresses of some nodes, if nobody says at which. */
const outsideTargets = (context: DiagnosisContext): readonly (TraceTarget | undefined)[] => {
  const { service, attempt, world } = context
  if (attempt.host !== undefined) return [targetOf(context)]
  const { ports: [first] = [] } = service.spec
  if (first === undefined) return []
  const { protocol } = first
  const balancers = (service.status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? [])
  if (balancers.length > 0)
    return balancers.map((host) => target(host, attempt.port ?? first.port, protocol))
  const { nodePort = 0 } = first
  if (nodePort === 0) return []
  return world
    .nodes()
    .filter(({ isOn, isConnected, ips }) => isOn && isConnected && ips.length > 0)
    .slice(0, MOST_NODES)
    .map(({ ips }) => target(formatIp(ips[0]!), nodePort, protocol))
}

const target = (host: string, port: number, protocol = 'TCP'): TraceTarget => ({
  scheme: protocol === 'UDP' ? 'udp' : protocol === 'SCTP' ? 'sctp' : 'tcp',
  host,
  port,
  path: '/',
})

/** What was asked; by default the Service by its name, on its first port. */
const targetOf = (context: DiagnosisContext): TraceTarget | undefined => {
  const { service, attempt } = context
  const { ports = [], type } = service.spec
  if (attempt.host === undefined && type === 'ExternalName') return undefined
  const [first] = ports
  const port = attempt.port ?? first?.port
  if (port === undefined) return undefined
  return target(
    attempt.host ?? ownName(context),
    port,
    attempt.protocol ?? first?.protocol ?? 'TCP',
  )
}

/** As a caller would write it: nodes know no names of Services. */
const ownName = ({ service, attempt: { from } }: DiagnosisContext): string => {
  const { name = '' } = service.metadata
  const { clusterIP } = service.spec
  if (from !== undefined && 'node' in from && clusterIP !== undefined && clusterIP !== 'None')
    return clusterIP
  return `${name}.${namespaceOf(service)}`
}

export const likelyCallers = (context: DiagnosisContext): readonly TraceSource[] => {
  const { client, world, service } = context
  const backends = new Set(selectedPods(context).map(({ metadata }) => metadata.uid))
  return client
    .list('pods', { namespace: namespaceOf(service), labels: selectorFromMap({}) })
    .filter((pod) => !backends.has(pod.metadata.uid) && mayCall(pod))
    .slice(0, MOST_CALLERS)
    .map(({ metadata }) => sourceOf(metadata.namespace ?? '', metadata.name!))
    .filter((source) => !('outcome' in senderOf(world, source)))
}

const mayCall = ({ spec, status }: Pod): boolean =>
  spec.hostNetwork !== true &&
  (spec.dnsPolicy ?? 'ClusterFirst') === 'ClusterFirst' &&
  status.phase === 'Running'

const sourceOf = (namespace: string, name: string): TraceSource => ({ pod: { namespace, name } })

const causeFor = (
  context: DiagnosisContext,
  from: TraceSource,
  to: TraceTarget,
): Cause | undefined => {
  const { world } = context
  const told = trace(world, { from, to, method: 'GET', headers: {}, body: '' })
  if (told.outcome === 'delivered') return undefined
  const sender = senderOf(world, from)
  if ('pod' in from && !('outcome' in sender) && parseIp(to.host) === undefined) {
    const hops = new HopList()
    const resolved: Resolved = resolveName({ world, hops, detail: 'none' }, sender, to.host)
    const found = 'outcome' in resolved ? callerDnsCause(context, from.pod, to.host) : undefined
    if (found !== undefined) return found
  }
  return failed(context, { from, to, told })
}

interface Failed {
  readonly from: TraceSource
  readonly to: TraceTarget
  readonly told: Trace
}

const failed = ({ service }: DiagnosisContext, { from, to, told }: Failed): Cause => {
  const end = told.hops.findLast(({ what }) => ENDS.has(what))
  return {
    code: 'RequestFails',
    says: `${nameOf(from)} asks ${to.host}, port ${to.port}, and fails: ${told.says}.`,
    evidence: [
      {
        place: placeOf(service, 'a request to it'),
        expected: 'delivered',
        found: end === undefined ? told.outcome : `${told.outcome} (${whereOf(end)})`,
      },
    ],
    place: placeOf(service),
  }
}

const ENDS: ReadonlySet<string> = new Set(['refuse', 'reject', 'drop', 'lost', 'dns-answer'])

const whereOf = ({ where: { node, component } }: TraceHop): string =>
  node === undefined ? component : `${node}, ${component}`

const nameOf = (from: TraceSource): string => {
  if ('pod' in from) return `Pod ${from.pod.namespace}/${from.pod.name}`
  if ('node' in from) return `Node ${from.node}`
  return 'internet' in from ? 'A client in the internet' : 'Your computer'
}
