// Services that do not work, and what is wrong with each: one at least for each code.
import type { Fault, Reach } from './fault.ts'
import {
  client,
  existing,
  externalName,
  namespace,
  nodePortService,
  webContainer,
  webDeployment,
  webService,
} from './manifests.ts'

const fromClient = { pod: 'default/client' }
const workstation = { workstation: true }
const byName = { from: 'pod:default/client', to: 'http://web/' }
const atNodePort: Reach = { from: workstation, to: 'http://192.168.49.4:30080/' }
const askedNodePort = { from: 'workstation', to: 'http://192.168.49.4:30080/' }

export const serviceFaults: Readonly<Record<string, Fault>> = {
  'a selector with a slip of the pen': {
    code: 'NoPodMatchesSelector',
    manifests: [webDeployment(), webService({ selector: { app: 'wep' } })],
  },
  'a selector with another key': {
    code: 'NoPodMatchesSelector',
    manifests: [webDeployment(), webService({ selector: { name: 'web' } })],
  },
  'a Deployment that is told to run nothing': {
    code: 'ScaledToZero',
    manifests: [webDeployment(), webService()],
    changes: [
      { of: existing('Deployment', 'web', 'default', 'apps/v1'), patch: { spec: { replicas: 0 } } },
    ],
  },
  'Pods in another namespace': {
    code: 'PodsInAnotherNamespace',
    manifests: [
      webDeployment(),
      namespace('shop'),
      { ...webService(), metadata: { name: 'web', namespace: 'shop' } },
    ],
    service: 'shop/web',
    mended: 'default/web',
    reach: { from: fromClient, to: 'http://web.default/' },
  },
  'a readiness probe on the wrong port': {
    code: 'NoPodIsReady',
    manifests: [
      webContainer({ readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 } }),
      webService(),
    ],
  },
  'a target port on which nothing listens': {
    code: 'TargetPortNotListening',
    manifests: [webDeployment(), webService({ ports: [{ port: 80, targetPort: 8080 }] })],
  },
  'a named port that the Pods do not have': {
    code: 'NamedPortMissing',
    manifests: [webDeployment(), webService({ ports: [{ port: 80, targetPort: 'web' }] })],
  },
  'a program that listens on the loopback only': {
    code: 'ListensOnLoopback',
    manifests: [
      webContainer({
        image: 'python:3.14',
        command: ['python3', '-m', 'http.server', '80', '--bind', '127.0.0.1'],
      }),
      webService(),
    ],
  },
  'a port that the Service does not open': {
    code: 'PortNotExposed',
    manifests: [webDeployment(), webService()],
    asked: { from: 'pod:default/client', to: 'http://web:8080/' },
    reach: { from: fromClient, to: 'http://web:8080/' },
  },
  'a short name from another namespace': {
    code: 'ShortNameAcrossNamespaces',
    manifests: [webDeployment(), webService(), namespace('shop'), client('shop')],
    asked: { from: 'pod:shop/client', to: 'http://web/' },
    reach: { from: { pod: 'shop/client' }, to: 'http://web/' },
  },
  'an ExternalName that is an address': {
    code: 'ExternalNameIsAddress',
    manifests: [externalName('192.0.2.10')],
  },
  "an ExternalName without the cluster's domain": {
    code: 'ExternalNameNotFound',
    manifests: [
      webDeployment(),
      namespace('shop'),
      webService({}, 'site'),
      { ...externalName('site.default'), metadata: { name: 'web', namespace: 'shop' } },
    ],
    service: 'shop/web',
    reach: { from: fromClient, to: 'http://web.shop/' },
  },
  'an ExternalName in the wrong namespace': {
    code: 'ExternalNameNotFound',
    manifests: [
      webDeployment(),
      webService({}, 'site'),
      externalName('site.shop.svc.cluster.local'),
    ],
  },
  'an ExternalName with a port that is closed there': {
    code: 'ExternalNamePortRefused',
    manifests: [externalName('example.com', { ports: [{ port: 8080 }] })],
    isCallers: true,
    reach: { from: fromClient, to: 'http://web:8080/' },
  },
  'an ExternalName whose server does not know the Host': {
    code: 'ExternalNameHostRefused',
    manifests: [externalName('example.com')],
    asked: byName,
    isCallers: true,
    wasReached: true,
  },
  'a headless Service that maps ports': {
    code: 'HeadlessDoesNotBalance',
    manifests: [
      webDeployment(),
      webService({ clusterIP: 'None', ports: [{ port: 8080, targetPort: 80 }] }),
    ],
    reach: { from: fromClient, to: 'http://web:8080/' },
  },
  'the node port of a node that is switched off': {
    code: 'NodeIsDown',
    manifests: [webDeployment(), nodePortService()],
    changes: [
      {
        of: existing('Machine', 'node-3', undefined, 'kubarium.dev/v1'),
        patch: { spec: { power: 'Off' } },
      },
    ],
    asked: askedNodePort,
    reach: atNodePort,
  },
  'policy Local at a node without Pods': {
    code: 'NoLocalEndpoint',
    manifests: [
      webDeployment({ nodeName: 'node-1' }),
      nodePortService({ externalTrafficPolicy: 'Local' }),
    ],
    asked: askedNodePort,
    reach: atNodePort,
  },
  'a load balancer without a cloud': {
    code: 'LoadBalancerPending',
    settings: { loadBalancer: 'none' },
    manifests: [webDeployment(), webService({ type: 'LoadBalancer' })],
    wasReached: true,
  },
  'no selector and no slices': {
    code: 'SelectorlessWithoutEndpoints',
    manifests: [webDeployment(), webService({ selector: undefined })],
  },
  'a NetworkPolicy that lets nobody in': {
    code: 'NetworkPolicyDenies',
    manifests: [
      webDeployment(),
      webService(),
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'deny', namespace: 'default' },
        spec: { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress'] },
      },
    ],
    asked: byName,
  },
  'a NetworkPolicy that lets nobody out': {
    code: 'NetworkPolicyDenies',
    manifests: [
      webDeployment(),
      webService({ clusterIP: '10.96.1.1' }),
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'locked', namespace: 'default' },
        spec: { podSelector: { matchLabels: { role: 'client' } }, policyTypes: ['Egress'] },
      },
    ],
    asked: { from: 'pod:default/client', to: 'http://10.96.1.1/' },
    reach: { from: fromClient, to: 'http://10.96.1.1/' },
  },
  'a NetworkPolicy that forgets DNS': {
    code: 'NetworkPolicyDenies',
    manifests: [
      webDeployment(),
      webService(),
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'locked', namespace: 'default' },
        spec: {
          podSelector: { matchLabels: { role: 'client' } },
          policyTypes: ['Egress'],
          egress: [{ to: [{ podSelector: { matchLabels: { app: 'web' } } }] }],
        },
      },
    ],
    asked: { from: 'pod:default/client' },
  },
  "a caller that asks its node's name server": {
    code: 'CallerAsksAnotherDns',
    manifests: [
      webDeployment(),
      webService(),
      {
        ...existing('Pod', 'outsider', 'default'),
        spec: {
          dnsPolicy: 'Default',
          terminationGracePeriodSeconds: 1,
          containers: [{ name: 'shell', image: 'busybox:1.37', command: ['sleep', '86400'] }],
        },
      },
    ],
    asked: { from: 'pod:default/outsider', to: 'http://web/' },
    reach: { from: { pod: 'default/outsider' }, to: 'http://web/' },
  },
  'CoreDNS scaled down': {
    code: 'DnsIsDown',
    manifests: [webDeployment(), webService()],
    changes: [
      {
        of: existing('Deployment', 'coredns', 'kube-system', 'apps/v1'),
        patch: { spec: { replicas: 0 } },
      },
    ],
  },
  'kube-proxy kept from a node': {
    code: 'ProxyIsStopped',
    manifests: [webDeployment(), webService()],
    changes: [
      { of: existing('Node', 'node-1'), patch: { metadata: { labels: { proxied: 'true' } } } },
      {
        of: existing('DaemonSet', 'kube-proxy', 'kube-system', 'apps/v1'),
        patch: { spec: { template: { spec: { nodeSelector: { proxied: 'true' } } } } },
      },
    ],
    wasReached: true,
  },
  'two Services for the same Pods with different ports': {
    code: 'ServicesShareThePods',
    manifests: [
      webDeployment(),
      webService({}, 'front'),
      webService({ ports: [{ port: 80, targetPort: 9090 }] }),
    ],
  },
  'a name of the cluster that is called from outside': {
    code: 'OnlyInsideTheCluster',
    manifests: [webDeployment(), webService()],
    asked: { from: 'workstation', to: 'http://web/' },
    isCallers: true,
    reach: { from: workstation, to: 'http://web/' },
  },
}
