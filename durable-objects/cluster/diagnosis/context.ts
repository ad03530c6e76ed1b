import type { Service } from '#api/core/v1/service/types.ts'
import type { Pod } from '#api/core/v1/pod/types.ts'
import { selectorFromMap } from '#apimachinery/labels.ts'
import type { StringMap } from '#apimachinery/object.ts'
import type { Client } from '#client/client.ts'
import type { TraceSource } from '#network/trace.ts'
import { formatIp } from '#net/ip.ts'
import type { World, WorldNode } from '#network/world.ts'
import type { Place } from './cause.ts'
import type { Facts } from './facts.ts'

/** Who could not reach the Service, and how it was tried. All of it may be left out. */
export interface Attempt {
  readonly from?: TraceSource
  /** The name or address that was asked: `web`, `web.shop`, `192.168.49.3`. */
  readonly host?: string
  readonly port?: number
  readonly protocol?: 'TCP' | 'UDP' | 'SCTP'
}

export interface DiagnosisContext {
  readonly client: Client
  readonly world: World
  /** What a node's proxy knows of the present. */
  readonly proxySync: (node: string) => 'synced' | 'stale' | 'none'
  /** Why proxies cannot start, whichever node they are on: a configuration that cannot be read. */
  readonly proxyProblem?: string | undefined
  readonly facts: Facts
  readonly service: Service
  readonly attempt: Attempt
}

export const placeOf = (
  object: {
    readonly apiVersion: string
    readonly kind: string
    readonly metadata: { readonly name?: string; readonly namespace?: string }
  },
  field?: string,
): Place => ({
  apiVersion: object.apiVersion,
  kind: object.kind,
  ...(object.metadata.namespace === undefined ? {} : { namespace: object.metadata.namespace }),
  name: object.metadata.name ?? '',
  ...(field === undefined ? {} : { field }),
})

export const namespaceOf = ({ metadata }: { readonly metadata: { readonly namespace?: string } }) =>
  metadata.namespace ?? ''

/** `kubectl patch service web -n shop --type merge -p '{…}'` */
export const patchCommand = ({ kind, name, namespace }: Place, patch: object): string =>
  `kubectl patch ${kind.toLowerCase()} ${name}${namespace === undefined ? '' : ` -n ${namespace}`} --type merge -p '${JSON.stringify(patch).replaceAll("'", String.raw`'\''`)}'`

/** The Pods that a selector finds and that are not over. */
export const podsOf = (client: Client, namespace: string, selector: StringMap): readonly Pod[] =>
  client
    .list('pods', { namespace, labels: selectorFromMap(selector) })
    .filter(({ status }) => status.phase !== 'Succeeded' && status.phase !== 'Failed')

/** The Pods that the Service selects; none without a selector. */
export const selectedPods = ({ client, service }: DiagnosisContext): readonly Pod[] =>
  Object.keys(service.spec.selector ?? {}).length === 0
    ? []
    : podsOf(client, namespaceOf(service), service.spec.selector!)

/** The node whose name or address was asked. */
export const askedNode = ({ world, attempt: { host } }: DiagnosisContext): WorldNode | undefined =>
  host === undefined
    ? undefined
    : world
        .nodes()
        .find(({ name, ips }) => name === host || ips.some((ip) => formatIp(ip) === host))

export const isReady = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp === undefined &&
  status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ===
    true

/** `one`, `one and two`, `one, two and three`; the rest of many is counted. */
export const listed = (words: readonly string[], most = 5): string => {
  const shown = words.slice(0, most)
  const rest = words.length - shown.length
  if (rest > 0) return `${shown.join(', ')} and ${rest} more`
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}
