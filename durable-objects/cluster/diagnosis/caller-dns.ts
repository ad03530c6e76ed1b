// Why a Pod cannot look up a name that others can: it may not ask the cluster's DNS, or asks another one.
import type { Container } from '#api/core/v1/pod/container-types.ts'
import type { Pod, PodSpec } from '#api/core/v1/pod/types.ts'
import type { Cause, Remedy } from './cause.ts'
import { type DiagnosisContext, isReady, patchCommand, placeOf, podsOf } from './context.ts'
import { templateOwnerOf } from './owner.ts'
import { authoredLabels } from './selector.ts'

const SYSTEM = 'kube-system'
const DNS_LABELS = { 'k8s-app': 'kube-dns' }
const DNS_PORT = 53

interface PodRef {
  readonly namespace: string
  readonly name: string
}

export const callerDnsCause = (
  context: DiagnosisContext,
  from: PodRef,
  host: string,
): Cause | undefined => {
  const pod = context.client.get('pods', from.namespace, from.name)
  if (pod === undefined) return undefined
  return asksElsewhere(context, pod, host) ?? mayNotAsk(context, pod, host)
}

/** Its resolv.conf names another server than the cluster's. */
const asksElsewhere = (
  { client, world }: DiagnosisContext,
  pod: Pod,
  host: string,
): Cause | undefined => {
  const { namespace = '', name = '' } = pod.metadata
  const dns = client.get('services', SYSTEM, 'kube-dns')?.spec.clusterIP
  const asked = world.pod(namespace, name)?.resolver.nameservers ?? []
  if (dns === undefined || asked.length === 0 || asked.includes(dns)) return undefined
  const { dnsPolicy = 'ClusterFirst', hostNetwork } = pod.spec
  const wanted = hostNetwork === true ? 'ClusterFirstWithHostNet' : 'ClusterFirst'
  const why =
    hostNetwork === true && dnsPolicy === 'ClusterFirst'
      ? "with hostNetwork: true, ClusterFirst means the node's own name server"
      : `its dnsPolicy is ${dnsPolicy}`
  return {
    code: 'CallerAsksAnotherDns',
    says: `Pod ${namespace}/${name} asks the name server ${asked[0]} for ${host}, and only the cluster's own, ${dns}, knows Services: ${why}.`,
    evidence: [
      { place: placeOf(pod, 'spec.dnsPolicy'), expected: wanted, found: dnsPolicy },
      { place: placeOf(pod, 'nameserver in /etc/resolv.conf'), expected: dns, found: asked[0] },
    ],
    place: placeOf(pod, 'spec.dnsPolicy'),
    remedy: withPolicy({ client, pod, wanted }),
  }
}

interface Change {
  readonly client: DiagnosisContext['client']
  readonly pod: Pod
  readonly wanted: 'ClusterFirst' | 'ClusterFirstWithHostNet'
}

const withPolicy = ({ client, pod, wanted }: Change): Remedy => {
  const owner = templateOwnerOf(client, pod)
  if (owner !== undefined) {
    const target = placeOf(owner, 'spec.template.spec.dnsPolicy')
    const patch = { spec: { template: { spec: { dnsPolicy: wanted, dnsConfig: null } } } }
    const says = `Let its Pods ask the cluster's DNS: dnsPolicy: ${wanted}.`
    return { says, patch: { target, type: 'merge', patch }, command: patchCommand(target, patch) }
  }
  const { apiVersion, kind, metadata } = pod
  const { name, namespace, labels } = metadata
  return {
    says: `Make it again with dnsPolicy: ${wanted}; the field cannot be changed later.`,
    delete: [placeOf(pod)],
    apply: [
      {
        apiVersion,
        kind,
        metadata: {
          name,
          namespace,
          ...(labels === undefined ? {} : { labels }),
        },
        spec: { ...authoredSpec(pod.spec), dnsPolicy: wanted },
      },
    ],
  }
}

const TOKEN_VOLUME = /^kube-api-access-/
const ADDED_TOLERATION = /^node\.kubernetes\.io\/(not-ready|unreachable)$/

/** As its author wrote it, as far as that can be told: what the cluster adds, it adds again. */
const authoredSpec = (spec: PodSpec): object => {
  const { dnsConfig: _dns, nodeName: _node, priority: _priority, ...authored } = spec
  const { serviceAccount: _account, enableServiceLinks: _links, ...kept } = authored
  const { volumes = [], tolerations = [], initContainers, containers, ...rest } = kept
  const ownVolumes = volumes.filter(({ name }) => !TOKEN_VOLUME.test(name))
  const ownTolerations = tolerations.filter(({ key = '' }) => !ADDED_TOLERATION.test(key))
  return {
    ...rest,
    containers: containers.map(withoutToken),
    ...(initContainers === undefined ? {} : { initContainers: initContainers.map(withoutToken) }),
    ...(ownVolumes.length === 0 ? {} : { volumes: ownVolumes }),
    ...(ownTolerations.length === 0 ? {} : { tolerations: ownTolerations }),
  }
}

const withoutToken = (container: Container): Container => {
  const { volumeMounts = [], ...rest } = container
  const kept = volumeMounts.filter(({ name }) => !TOKEN_VOLUME.test(name))
  return kept.length === 0 ? rest : { ...rest, volumeMounts: kept }
}

/** Who locks a Pod's egress forgets DNS first of all. */
const mayNotAsk = (
  { client, world }: DiagnosisContext,
  pod: Pod,
  host: string,
): Cause | undefined => {
  const { namespace = '', name = '', labels = {} } = pod.metadata
  const caller = world.pod(namespace, name)
  if (caller === undefined) return undefined
  const verdicts = podsOf(client, SYSTEM, DNS_LABELS)
    .filter(isReady)
    .flatMap(({ metadata }) => world.pod(SYSTEM, metadata.name!) ?? [])
    .map((server) => world.policy(caller, server, DNS_PORT, 'udp', 'egress'))
  const [first] = verdicts
  if (first === undefined || verdicts.some(({ isAllowed }) => isAllowed)) return undefined
  const port = (protocol: string) => ({ protocol, port: DNS_PORT })
  return {
    code: 'NetworkPolicyDenies',
    says: `Pod ${namespace}/${name} cannot look up ${host}, for a NetworkPolicy keeps it from the cluster's DNS: ${first.says}`,
    evidence: [
      { place: placeOf(pod, 'metadata.labels'), found: labels },
      {
        place: placeOf(pod, 'its way to kube-dns, UDP port 53'),
        expected: 'allowed',
        found: 'denied',
      },
    ],
    place: placeOf(pod, 'metadata.labels'),
    remedy: {
      says: 'Allow it to ask the DNS with one more NetworkPolicy: what any of them allows is allowed.',
      apply: [
        {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'NetworkPolicy',
          metadata: { name: 'allow-dns', namespace },
          spec: {
            // nobody else's egress is to be restricted by it
            podSelector: { matchLabels: authoredLabels(labels) },
            policyTypes: ['Egress'],
            egress: [
              {
                to: [
                  {
                    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': SYSTEM } },
                    podSelector: { matchLabels: DNS_LABELS },
                  },
                ],
                ports: [port('UDP'), port('TCP')],
              },
            ],
          },
        },
      ],
    },
  }
}
