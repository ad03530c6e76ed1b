// What a diagnosis has to be told of kubelets, images and of what kubeadm wrote.
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { ComponentContext } from '#client/component.ts'
import { kubeadmCorefile } from '#coredns/kubeadm-corefile.ts'
import { likelyImage } from '#images/likely-image.ts'
import { ConfigurationError, configurationOf } from '#kube-proxy/configuration.ts'
import { kubeadmConfiguration } from '#kube-proxy/kubeadm-configuration.ts'
import { kubeadmDaemonSet } from '#kube-proxy/kubeadm-daemon-set.ts'
import { CONFIG_MAP } from '#kube-proxy/proxy-setup.ts'
import { parseCidr } from '#net/cidr.ts'
import { lastWords } from '#world/last-words.ts'

type Context = Pick<ComponentContext, 'client' | 'memory' | 'settings'>

export const diagnosisFacts = (context: Context) => ({
  proxyDaemonSet: kubeadmDaemonSet,
  corefile: kubeadmCorefile(context.settings.dnsTTL),
  proxyConfiguration: kubeadmConfiguration,
  nodePortAddresses: () => nodePortAddresses(context),
  lastWords: (pod: Pod, container: string) => lastWords(context, pod, container),
  likelyImage,
})

/** Where node ports do not depend on it. */
const CLUSTER_CIDR = parseCidr('10.244.0.0/16')!

const nodePortAddresses = ({ client, settings }: Context) => {
  const configMap = client.get('configmaps', CONFIG_MAP.namespace, CONFIG_MAP.name)
  const defaults = { mode: settings.proxyMode, clusterCIDR: CLUSTER_CIDR }
  try {
    return configurationOf(configMap, defaults).nodePortAddresses
  } catch (error) {
    // then the proxies do not run, which is a cause of its own
    if (error instanceof ConfigurationError) return []
    throw error
  }
}
