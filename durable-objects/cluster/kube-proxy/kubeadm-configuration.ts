// The file that kubeadm gives to the proxies: every field, all of them unset but the range of Pods and the mode.
// kubernetes: cmd/kubeadm/app/componentconfigs/kubeproxy.go
import type { JsonObject } from '#apimachinery/object.ts'
import type { Settings } from '#settings.ts'

const POD_SUBNET = '10.244.0.0/16'

const CONFIGURATION = `apiVersion: kubeproxy.config.k8s.io/v1alpha1
bindAddress: 0.0.0.0
bindAddressHardFail: false
clientConnection:
  acceptContentTypes: ""
  burst: 0
  contentType: ""
  kubeconfig: /var/lib/kube-proxy/kubeconfig.conf
  qps: 0
clusterCIDR: ${POD_SUBNET}
configSyncPeriod: 0s
conntrack:
  maxPerCore: null
  min: null
  tcpBeLiberal: false
  tcpCloseWaitTimeout: null
  tcpEstablishedTimeout: null
  udpStreamTimeout: 0s
  udpTimeout: 0s
detectLocal:
  bridgeInterface: ""
  interfaceNamePrefix: ""
detectLocalMode: ""
enableProfiling: false
healthzBindAddress: ""
hostnameOverride: ""
iptables:
  localhostNodePorts: null
  masqueradeAll: false
  masqueradeBit: null
  minSyncPeriod: 0s
  syncPeriod: 0s
ipvs:
  excludeCIDRs: null
  minSyncPeriod: 0s
  scheduler: ""
  strictARP: false
  syncPeriod: 0s
  tcpFinTimeout: 0s
  tcpTimeout: 0s
  udpTimeout: 0s
kind: KubeProxyConfiguration
logging:
  flushFrequency: 0
  options:
    json:
      infoBufferSize: "0"
    text:
      infoBufferSize: "0"
  verbosity: 0
metricsBindAddress: ""
mode: ""
nftables:
  masqueradeAll: false
  masqueradeBit: null
  minSyncPeriod: 0s
  syncPeriod: 0s
nodePortAddresses: null
oomScoreAdj: null
portRange: ""
showHiddenMetricsForVersion: ""
winkernel:
  enableDSR: false
  forwardHealthCheckVip: false
  networkName: ""
  rootHnsEndpointName: ""
  sourceVip: ""`

/** The mode is left empty for iptables, as kubeadm does. */
export const kubeadmConfiguration = (mode: Settings['proxyMode']): string =>
  mode === 'iptables' ? CONFIGURATION : CONFIGURATION.replace('\nmode: ""', `\nmode: "${mode}"`)

/** What kubeadm's own file says; undefined if somebody changed it. */
export const untouchedDocument = (file: string): JsonObject | undefined => {
  const mode = MODES.find((candidate) => file === kubeadmConfiguration(candidate))
  if (mode === undefined) return undefined
  return { clusterCIDR: POD_SUBNET, mode: mode === 'iptables' ? '' : mode }
}

const MODES = ['iptables', 'nftables', 'ipvs'] as const
