// What only somebody who sees the whole cluster can say of an object before it is stored.
import type { ExternalHost } from '#api/kubarium/v1/external-host/types.ts'
import { at, invalidValue, type FieldError } from '#apimachinery/field-error.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import { invalid } from '#apimachinery/status-error.ts'
import type { Client } from '#client/client.ts'
import { LOAD_BALANCER_RANGES } from '#cloud/service/address-pool.ts'
import { parseIp, sameIp, type Ip } from '#net/ip.ts'
import { type Cidr, cidrContains, formatCidr } from '#net/cidr.ts'
import { INTERNET_CLIENT } from '#network/host.ts'
import type { Settings } from '#settings.ts'
import { nodeRange, podRange, serviceRanges } from '#world/ranges.ts'
import { checkTrace } from '#world/trace-hooks.ts'

/** A validating admission plugin, as the API server takes it. */
export interface AdmissionCheck {
  readonly name: string
  readonly resources: readonly string[]
  readonly validate: (request: {
    readonly object: KubeObject | undefined
    readonly subresource?: string
  }) => void
}

const check = (
  name: string,
  resource: string,
  look: (object: KubeObject) => void,
): AdmissionCheck => ({
  name,
  resources: [resource],
  validate: ({ object, subresource }) => {
    if (object !== undefined && subresource === undefined) look(object)
  },
})

export interface AdmissionFacts {
  readonly client: Client
  readonly settings: Pick<Settings, 'nodes'>
}

export const worldAdmission = (facts: AdmissionFacts): readonly AdmissionCheck[] => [
  check('TraceRequest', 'traces.kubarium.dev', checkTrace),
  check('ExternalAddresses', 'externalhosts.kubarium.dev', (object) => {
    const { metadata, spec } = object as ExternalHost
    const errors = (spec.addresses ?? []).flatMap((text, index) => {
      const ip = parseIp(text)
      return ip === undefined ? [] : addressErrors(facts, at('spec.addresses', index), ip, text)
    })
    const kind = { group: 'kubarium.dev', kind: 'ExternalHost' }
    if (errors.length > 0) throw invalid(kind, metadata.name ?? '', errors)
  }),
]

const addressErrors = (
  { client, settings }: AdmissionFacts,
  path: string,
  ip: Ip,
  text: string,
): readonly FieldError[] => {
  const ranges: readonly (readonly [Cidr, string])[] = [
    [podRange(settings), 'Pods'],
    ...serviceRanges(client).map((range) => [range, 'Services'] as const),
    [nodeRange(settings), 'the network of the nodes'],
    ...LOAD_BALANCER_RANGES.map((range) => [range, 'load balancers'] as const),
  ]
  const taken = ranges.find(([range]) => cidrContains(range, ip))
  if (taken !== undefined)
    return [
      invalidValue(
        path,
        text,
        `must be outside the cluster: ${formatCidr(taken[0])} is the range of ${taken[1]}`,
      ),
    ]
  return sameIp(ip, INTERNET_CLIENT)
    ? [invalidValue(path, text, 'is the address of the client that traces from the internet have')]
    : []
}
