// Whether kube-proxy runs on every node, and what it is told.
import type { DaemonSet } from '#api/apps/v1/daemon-set/types.ts'
import type { Cause, Remedy } from './cause.ts'
import { configMapRemedy } from './config-map.ts'
import { type DiagnosisContext, listed, patchCommand, placeOf } from './context.ts'

const SYSTEM = 'kube-system'
const NAME = 'kube-proxy'

export const PROXY_CONFIG = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  namespace: SYSTEM,
  name: NAME,
  field: "data['config.conf']",
} as const

export const proxyCause = (context: DiagnosisContext): Cause | undefined => {
  const { client, world, proxySync, proxyProblem } = context
  const stopped = world
    .nodes()
    .filter(({ name, isOn, isConnected }) => isOn && isConnected && proxySync(name) !== 'synced')
    .map(({ name }) => name)
  if (stopped.length === 0) return undefined
  const daemonSet = client.get('daemonsets.apps', SYSTEM, NAME)
  const daemonSetPlace = placeOf(
    daemonSet ?? {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: NAME, namespace: SYSTEM },
    },
  )
  const remedy = proxyRemedy(context, daemonSet)
  return {
    code: 'ProxyIsStopped',
    says: `kube-proxy does not run on ${listed(stopped)}${proxyProblem === undefined ? '' : ', for it cannot read its configuration'}${daemonSet === undefined ? ': its DaemonSet is gone' : ''}. ${consequence(context, stopped)}`,
    evidence: [
      ...(proxyProblem === undefined ? [] : [{ place: PROXY_CONFIG, found: proxyProblem }]),
      ...stopped.slice(0, 3).map((name) => ({
        place: { apiVersion: 'v1', kind: 'Node', name, field: "kube-proxy's rules" },
        expected: 'synced',
        found: proxySync(name),
      })),
    ],
    place: proxyProblem === undefined ? daemonSetPlace : PROXY_CONFIG,
    ...(remedy === undefined ? {} : { remedy }),
  }
}

/** What keeps the proxies from running, undone. */
const proxyRemedy = (
  context: DiagnosisContext,
  daemonSet: DaemonSet | undefined,
): Remedy | undefined => {
  const { facts, world, proxyProblem } = context
  if (daemonSet === undefined)
    return {
      says: 'Nothing starts kube-proxy any more: make its DaemonSet again, as kubeadm did.',
      apply: [facts.proxyDaemonSet],
    }
  if (proxyProblem !== undefined) {
    const mode = world.nodes()[0]?.mode ?? 'iptables'
    return configMapRemedy(context, PROXY_CONFIG, facts.proxyConfiguration(mode))
  }
  const selector = daemonSet.spec.template.spec?.nodeSelector ?? {}
  const extra = Object.keys(selector).filter((key) => key !== 'kubernetes.io/os')
  if (extra.length === 0) return undefined
  const nodeSelector = Object.fromEntries(extra.map((key) => [key, null]))
  const patch = { spec: { template: { spec: { nodeSelector } } } }
  const target = placeOf(daemonSet, 'spec.template.spec.nodeSelector')
  return {
    says: 'Let kube-proxy run on every node again.',
    patch: { target, type: 'merge', patch },
    command: patchCommand(target, patch),
  }
}

/** Rules outlive the program that wrote them, but not the machine's start. */
const consequence = ({ proxySync }: DiagnosisContext, stopped: readonly string[]): string => {
  const stale = stopped.filter((name) => proxySync(name) === 'stale')
  const none = stopped.filter((name) => proxySync(name) === 'none')
  const texts = [
    ...(stale.length === 0
      ? []
      : [
          `What was written last still works on ${listed(stale)}: Services and Pods that are newer do not exist there.`,
        ]),
    ...(none.length === 0
      ? []
      : [
          `On ${listed(none)} no rules were written since the machine started: no Service works there.`,
        ]),
  ]
  return texts.join(' ')
}
