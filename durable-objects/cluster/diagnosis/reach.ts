// Whether packets get from the caller to the Pods: nodes, traffic policies, load balancers, NetworkPolicies.
import { externalIpCause, nodePortAddressCause } from './addresses.ts'
import type { Cause } from './cause.ts'
import {
  askedNode,
  type DiagnosisContext,
  isReady,
  listed,
  patchCommand,
  placeOf,
  selectedPods,
} from './context.ts'
import { askedNodeCause, isDown, lostPodsCause } from './machines.ts'
import { policyCause } from './policies.ts'

export const reachCauses = (context: DiagnosisContext): readonly Cause[] =>
  [
    nodeCause(context),
    nodePortAddressCause(context),
    externalIpCause(context),
    loadBalancerCause(context),
    policyCause(context),
  ].filter((cause) => cause !== undefined)

/** The node where the caller's packets meet kube-proxy. */
const callersNode = ({ world, attempt: { from } }: DiagnosisContext): string | undefined => {
  if (from === undefined) return undefined
  if ('node' in from) return from.node
  return 'pod' in from ? world.pod(from.pod.namespace, from.pod.name)?.nodeName : undefined
}

const nodeCause = (context: DiagnosisContext): Cause | undefined => {
  const node = askedNode(context)
  if (node !== undefined && isDown(node)) return askedNodeCause(context, node)
  const lost = lostPodsCause(context)
  if (lost !== undefined) return lost
  const { externalTrafficPolicy, internalTrafficPolicy } = context.service.spec
  if (node !== undefined && externalTrafficPolicy === 'Local')
    return noLocalEndpoint(context, node.name, 'externalTrafficPolicy')
  const own = callersNode(context)
  return own !== undefined && node === undefined && internalTrafficPolicy === 'Local'
    ? noLocalEndpoint(context, own, 'internalTrafficPolicy')
    : undefined
}

const noLocalEndpoint = (
  context: DiagnosisContext,
  node: string,
  field: 'externalTrafficPolicy' | 'internalTrafficPolicy',
): Cause | undefined => {
  const { service } = context
  const pods = selectedPods(context).filter(isReady)
  if (pods.some(({ spec }) => spec.nodeName === node)) return undefined
  const nodes = [...new Set(pods.map(({ spec }) => spec.nodeName ?? ''))].sort()
  const target = placeOf(service, `spec.${field}`)
  const patch = { spec: { [field]: 'Cluster' } }
  return {
    code: 'NoLocalEndpoint',
    says: `${service.metadata.name} has ${field}: Local: a node only sends such traffic to Pods of its own, and ${node} has none. The Pods are on ${listed(nodes)}.`,
    evidence: [
      { place: target, expected: 'Cluster', found: 'Local' },
      ...pods.slice(0, 3).map((pod) => ({
        place: placeOf(pod, 'spec.nodeName'),
        expected: node,
        found: pod.spec.nodeName,
      })),
    ],
    place: target,
    remedy: {
      says:
        field === 'externalTrafficPolicy'
          ? "Let every node send to every Pod; the program then no longer sees the callers' own addresses."
          : 'Let every node send to every Pod.',
      patch: { target, type: 'merge', patch },
      command: patchCommand(target, patch),
    },
  }
}

const loadBalancerCause = ({ service }: DiagnosisContext): Cause | undefined => {
  const { type, loadBalancerClass } = service.spec
  if (type !== 'LoadBalancer' || (service.status?.loadBalancer?.ingress ?? []).length > 0)
    return undefined
  const target = placeOf(service, 'spec.type')
  const patch = { spec: { type: 'NodePort' } }
  return {
    code: 'LoadBalancerPending',
    says: `${service.metadata.name} waits for an address from the cloud's load balancer (EXTERNAL-IP <pending>)${loadBalancerClass === undefined ? '. A cloud gives one within a minute; if it stays away, this cluster has none' : `, and nobody serves the class ${loadBalancerClass}`}. Inside the cluster and at its node port it works.`,
    evidence: [
      {
        place: placeOf(service, 'status.loadBalancer.ingress'),
        expected: 'an address',
        found: [],
      },
    ],
    place: target,
    remedy: {
      says: 'Use a node port instead.',
      patch: { target, type: 'merge', patch },
      command: patchCommand(target, patch),
    },
  }
}
