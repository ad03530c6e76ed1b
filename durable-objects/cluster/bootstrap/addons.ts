import { corednsObjects } from '#bootstrap/coredns-addon.ts'
import { kubeProxyObjects } from '#bootstrap/kube-proxy-addon.ts'
import { metricsServerObjects } from '#bootstrap/metrics-server-addon.ts'
import { storageObjects } from '#bootstrap/storage-addon.ts'
import type { BootstrapObject } from '#bootstrap/system-objects.ts'
import type { Settings } from '#settings.ts'

/** What kubeadm and minikube add to a new cluster: CoreDNS, kube-proxy and a metrics server, each with its settings and rights. */
export const addonObjects = ({
  proxyMode,
  dnsTTL,
}: Pick<Settings, 'proxyMode' | 'dnsTTL'>): readonly BootstrapObject[] => [
  ...corednsObjects(dnsTTL),
  ...kubeProxyObjects(proxyMode),
  ...storageObjects(),
  ...metricsServerObjects(),
]
