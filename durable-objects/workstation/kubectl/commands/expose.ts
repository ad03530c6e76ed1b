// kubernetes: kubectl pkg/cmd/expose/expose.go
import type { JsonObject } from '#apimachinery/object.ts'
import { dryRunOf } from '#kubectl/commands/dry-run.ts'
import { sendGenerated } from '#kubectl/commands/generated-object.ts'
import { labelsOf, overridden } from '#kubectl/commands/overrides.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { resultPrinter } from '#kubectl/output/result.ts'
import { MISSING_RESOURCE } from '#kubectl/resource/words.ts'
import { build, type BuiltResult } from '#kubectl/resource/builder.ts'
import { type Info, metadataOf } from '#kubectl/resource/info.ts'
import { filesOf } from '#kubectl/resource/files-of.ts'

const MOST_NAME = 63
const EXPOSABLE: ReadonlySet<string> = new Set([
  'Pod',
  'Service',
  'ReplicationController',
  'Deployment.apps',
  'ReplicaSet.apps',
])

export const expose = (run: Invocation): void => {
  run.requireContext()
  const dryRun = dryRunOf(run)
  const printer = resultPrinter(run, dryRun, { isTyped: true })
  found(run).visit((info) => {
    const service = overridden(run, serviceOf(run, info))
    printer.print(sendGenerated(run, service, dryRun), 'exposed')
  })
}

const found = (run: Invocation): BuiltResult => {
  try {
    return build(run, {
      args: run.args,
      ...filesOf(run),
      enforcesNamespace: run.connection.isExplicit,
      continuesOnError: true,
      flattens: true,
      isTyped: true,
    })
  } catch (error) {
    if (!(error instanceof KubectlFailure)) throw error
    throw error.message === MISSING_RESOURCE ? error : run.usage(error.message)
  }
}

interface ContainerPort {
  readonly containerPort: number
  readonly protocol?: string
}

interface ServicePort {
  readonly port: number
  readonly protocol?: string
}

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>
  readonly matchExpressions?: readonly JsonObject[]
}

interface PodSpec {
  readonly containers?: readonly { readonly ports?: readonly ContainerPort[] }[]
}

interface Spec extends PodSpec {
  readonly selector?: Readonly<Record<string, string>> | Selector
  readonly ports?: readonly ServicePort[]
  readonly template?: { readonly spec?: PodSpec }
}

const specOf = ({ object }: Info): Spec => (object?.['spec'] ?? {}) as Spec

const serviceOf = (run: Invocation, info: Info): JsonObject => {
  const { flags } = run
  const { kind, group } = info.resource
  const groupKind = group === '' ? kind : `${kind}.${group}`
  if (!EXPOSABLE.has(groupKind)) throw new KubectlFailure(`cannot expose a ${groupKind}`)
  const given = flags.string('selector')
  const selector = given === '' ? selectorOf(info) : labelsOf(given)
  const ports = portsOf(run, info)
  const asked = flags.string('labels')
  const labels = asked === '' ? sorted(metadataOf(info.object).labels ?? {}) : labelsOf(asked)
  const name = flags.string('name')
  return {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: {
      name: name === '' ? info.name.slice(0, MOST_NAME) : name,
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
    },
    spec: {
      ...(ports.length === 0 ? {} : { ports }),
      selector,
      ...furtherSpec(run),
    },
    status: { loadBalancer: {} },
  }
}

const furtherSpec = ({ flags }: Invocation): JsonObject => {
  const optional = (field: string, value: JsonObject[string]): JsonObject =>
    value === '' ? {} : { [field]: value }
  const affinity = flags.string('session-affinity')
  if (affinity !== '' && affinity !== 'None' && affinity !== 'ClientIP')
    throw new KubectlFailure(`unknown session affinity: ${affinity}`)
  const externalIP = flags.string('external-ip')
  const type = flags.string('type')
  return {
    ...optional('clusterIP', flags.string('cluster-ip')),
    ...optional('type', type),
    ...(externalIP === '' ? {} : { externalIPs: [externalIP] }),
    ...optional('sessionAffinity', affinity),
    ...(type === 'LoadBalancer'
      ? optional('loadBalancerIP', flags.string('load-balancer-ip'))
      : {}),
  }
}

const sorted = (labels: Readonly<Record<string, string>>): JsonObject =>
  Object.fromEntries(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)))

/** kubernetes: mapBasedSelectorForObject */
const selectorOf = (info: Info): JsonObject => {
  const { kind } = info.resource
  const fail = (why: string): KubectlFailure =>
    new KubectlFailure(`couldn't retrieve selectors via --selector flag or introspection: ${why}`)
  const { selector } = specOf(info)
  if (kind === 'Pod') {
    const { labels = {} } = metadataOf(info.object)
    if (Object.keys(labels).length === 0) throw fail('the pod has no labels and cannot be exposed')
    return sorted(labels)
  }
  if (kind === 'Service' && selector === undefined)
    throw fail('the service has no pod selector set')
  if (kind === 'Service' || kind === 'ReplicationController')
    return sorted((selector ?? {}) as Readonly<Record<string, string>>)
  const { matchLabels = {}, matchExpressions = [] } = (selector ?? {}) as Selector
  if (Object.keys(matchLabels).length === 0)
    throw fail(`invalid ${kind.toLowerCase()}: no selectors, therefore cannot be exposed`)
  if (matchExpressions.length > 0)
    throw fail(
      `couldn't convert expressions - "[${matchExpressions.map(expressionText).join(' ')}]" to map-based selector format`,
    )
  return sorted(matchLabels)
}

/** Go's `%+v` */
const expressionText = ({ key, operator, values }: JsonObject): string =>
  `{Key:${String(key)} Operator:${String(operator)} Values:[${((values ?? []) as readonly string[]).join(' ')}]}`

interface Exposed {
  readonly port: string
  readonly protocols: readonly string[]
}

/** Each port once, with the protocols that it is spoken to in. kubernetes: portsForObject, multiProtocolForObject */
const exposedPorts = (info: Info): readonly Exposed[] => {
  const spec = specOf(info)
  const pairs: readonly (readonly [number, string])[] =
    info.resource.kind === 'Service'
      ? (spec.ports ?? []).map(({ port, protocol = 'TCP' }) => [port, protocol])
      : ((info.resource.kind === 'Pod' ? spec : spec.template?.spec)?.containers ?? []).flatMap(
          ({ ports = [] }) =>
            ports.map(({ containerPort, protocol = 'TCP' }) => [containerPort, protocol] as const),
        )
  const byPort = new Map<number, Set<string>>()
  for (const [port, protocol] of pairs)
    byPort.set(port, (byPort.get(port) ?? new Set()).add(protocol))
  return [...byPort].map(([port, protocols]) => ({ port: String(port), protocols: [...protocols] }))
}

const portsOf = (run: Invocation, info: Info): readonly JsonObject[] => {
  const { flags } = run
  const exposed = exposedPorts(info)
  const given = flags.string('port')
  const isHeadless = flags.string('cluster-ip') === 'None'
  const wanted = given === '' ? exposed.map(({ port }) => port) : given.split(',')
  if (wanted.length === 0 && !isHeadless)
    throw new KubectlFailure("couldn't find port via --port flag or introspection")
  const protocol = flags.string('protocol')
  return wanted.flatMap((text, index) => {
    const port = integer(text)
    const own = exposed.find((one) => one.port === text)?.protocols ?? ['TCP']
    const protocols = protocol === '' ? own : [protocol]
    return protocols.map((each): JsonObject => {
      const name =
        protocols.length > 1
          ? `port-${index + 1}-${each.toLowerCase()}`
          : wanted.length > 1
            ? `port-${index + 1}`
            : ''
      return {
        ...(name === '' ? {} : { name }),
        protocol: each,
        port,
        targetPort: targetOf(run, port),
      }
    })
  })
}

const targetOf = ({ flags }: Invocation, port: number): number | string => {
  const given = flags.string('target-port')
  const target =
    given === '' && flags.has('container-port') ? flags.string('container-port') : given
  if (target === '') return port
  return /^[+-]?\d+$/.test(target) ? Number(target) : target
}

/** strconv.Atoi */
const integer = (text: string): number => {
  if (/^[+-]?\d+$/.test(text)) return Number(text)
  throw new KubectlFailure(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
}
