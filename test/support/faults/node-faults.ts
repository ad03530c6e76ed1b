// Services that the nodes' proxies do not serve, or not where they are asked.
import type { Fault } from './fault.ts'
import { existing, nodePortService, webDeployment, webService } from './manifests.ts'

const workstation = { workstation: true }

/** What kubeadm writes is longer; all else is as it is by default. */
const proxyConfiguration = (text: string) => ({
  of: existing('ConfigMap', 'kube-proxy', 'kube-system'),
  patch: {
    data: {
      'config.conf': `apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n${text}`,
    },
  },
})

const withCorefile = (text: string) => ({
  of: existing('ConfigMap', 'coredns', 'kube-system'),
  patch: { data: { Corefile: text } },
})

/** All at once: one that runs would go on with the Corefile that it has. */
const startedAgain = {
  of: existing('Deployment', 'coredns', 'kube-system', 'apps/v1'),
  patch: {
    spec: {
      strategy: { type: 'Recreate', rollingUpdate: null },
      template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': 'now' } } },
    },
  },
}

export const nodeFaults: Readonly<Record<string, Fault>> = {
  'kube-proxy without its DaemonSet': {
    code: 'ProxyIsStopped',
    manifests: [webDeployment(), webService()],
    deleted: [existing('DaemonSet', 'kube-proxy', 'kube-system', 'apps/v1')],
    wasReached: true,
  },
  'a configuration that kube-proxy cannot read': {
    code: 'ProxyIsStopped',
    manifests: [webDeployment(), webService()],
    changes: [proxyConfiguration('mode: [')],
    wasReached: true,
  },
  'a Corefile without the zone of the cluster': {
    code: 'DnsIsDown',
    manifests: [webDeployment(), webService()],
    changes: [withCorefile('.:53 {\n  forward . 8.8.8.8\n  reload\n}\n')],
  },
  'a Corefile that is gone': {
    code: 'DnsIsDown',
    manifests: [webDeployment(), webService()],
    changes: [withCorefile('.:53 {\n  nonsense\n}\n'), startedAgain],
  },
  'node ports at the loopback address only': {
    code: 'NodePortsAtOtherAddresses',
    manifests: [webDeployment(), nodePortService()],
    changes: [proxyConfiguration('nodePortAddresses: ["127.0.0.0/8"]\n')],
    reach: { from: workstation, to: 'http://192.168.49.2:30080/' },
  },
  'node ports at addresses of one node, and another one asked': {
    code: 'NodePortsAtOtherAddresses',
    manifests: [webDeployment(), nodePortService()],
    changes: [
      proxyConfiguration('nodePortAddresses:\n- 192.168.49.2/32\n- 127.0.0.0/8\nmode: ""\n'),
    ],
    asked: { from: 'workstation', to: 'http://192.168.49.3:30080/' },
    reach: { from: workstation, to: 'http://192.168.49.3:30080/' },
  },
  'an external address that no node has': {
    code: 'ExternalIPLeadsNowhere',
    manifests: [webDeployment(), webService({ externalIPs: ['198.51.100.32'] })],
    reach: { from: workstation, to: 'http://192.168.49.2/' },
  },
}
