// Whether what every Service needs is there: DNS and the proxies.
import type { Deployment } from '#api/apps/v1/deployment/types.ts'
import { selectorFromMap } from '#apimachinery/labels.ts'
import type { Cause } from './cause.ts'
import { type DiagnosisContext, listed, patchCommand, placeOf } from './context.ts'

const SYSTEM = 'kube-system'

export const systemCauses = (context: DiagnosisContext): readonly Cause[] =>
  [dnsCause(context), proxyCause(context)].filter((cause) => cause !== undefined)

const dnsCause = ({ client }: DiagnosisContext): Cause | undefined => {
  const service = client.get('services', SYSTEM, 'kube-dns')
  if (service === undefined) return undefined
  const isServed = client
    .list('endpointslices.discovery.k8s.io', {
      namespace: SYSTEM,
      labels: selectorFromMap({ 'kubernetes.io/service-name': 'kube-dns' }),
    })
    .some(({ endpoints }) =>
      (endpoints ?? []).some(({ conditions }) => conditions?.ready !== false),
    )
  if (isServed) return undefined
  const deployment = client.get('deployments.apps', SYSTEM, 'coredns')
  const isScaledDown = deployment?.spec.replicas === 0
  const target = deployment === undefined ? placeOf(service) : placeOf(deployment, 'spec.replicas')
  const patch = { spec: { replicas: 2 } }
  return {
    code: 'DnsIsDown',
    says: 'No CoreDNS Pod is Ready, so no name in the cluster can be looked up. Addresses still work.',
    evidence: [
      {
        place: placeOf(service, 'endpoints'),
        expected: 'at least one Ready CoreDNS Pod',
        found: 'none',
      },
      {
        place: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: SYSTEM, name: 'coredns' },
        found: deployment === undefined ? 'not there' : replicasText(deployment),
      },
    ],
    place: target,
    ...(isScaledDown
      ? {
          remedy: {
            says: 'Start CoreDNS again.',
            patch: { target, type: 'merge' as const, patch },
            command: patchCommand(target, patch),
          },
        }
      : {}),
  }
}

const replicasText = ({ spec, status }: Deployment): string =>
  `${status?.readyReplicas ?? 0} of ${spec.replicas ?? 1} replicas Ready`

const proxyCause = ({ client, world, proxySync }: DiagnosisContext): Cause | undefined => {
  const stopped = world
    .nodes()
    .filter(({ name, isOn, isConnected }) => isOn && isConnected && proxySync(name) !== 'synced')
    .map(({ name }) => name)
  if (stopped.length === 0) return undefined
  const daemonSet = client.get('daemonsets.apps', SYSTEM, 'kube-proxy')
  const target =
    daemonSet === undefined
      ? { apiVersion: 'apps/v1', kind: 'DaemonSet', namespace: SYSTEM, name: 'kube-proxy' }
      : placeOf(daemonSet, 'spec.template.spec.nodeSelector')
  const selector = daemonSet?.spec.template.spec?.nodeSelector ?? {}
  const extra = Object.keys(selector).filter((key) => key !== 'kubernetes.io/os')
  const patch = {
    spec: {
      template: { spec: { nodeSelector: Object.fromEntries(extra.map((key) => [key, null])) } },
    },
  }
  return {
    code: 'ProxyIsStopped',
    says: `kube-proxy does not run on ${listed(stopped)}. ${stopped.length === 1 ? 'That node goes' : 'Those nodes go'} on with the rules that were written last: Services and Pods that are newer do not exist for ${stopped.length === 1 ? 'it' : 'them'}.`,
    evidence: stopped.slice(0, 3).map((name) => ({
      place: { apiVersion: 'v1', kind: 'Node', name, field: "kube-proxy's rules" },
      expected: 'synced',
      found: proxySync(name),
    })),
    place: target,
    ...(extra.length === 0
      ? {}
      : {
          remedy: {
            says: 'Let kube-proxy run on every node again.',
            patch: { target, type: 'merge' as const, patch },
            command: patchCommand(target, patch),
          },
        }),
  }
}
