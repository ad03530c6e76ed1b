/** How long simulated things take, in milliseconds of the session's clock. */
export interface Delays {
  readonly imagePull: number
  readonly containerStart: number
  /** From SIGTERM to the end of a container that handles it. */
  readonly containerStop: number
  readonly loadBalancer: number
  /**
   * From a change of a Service or its endpoints until running proxies have written their tables. A real kube-proxy writes them once a
   * second at most (`minSyncPeriod`).
   */
  readonly proxySync: number
  /** A Job's container in a bare cluster runs this long. */
  readonly jobRun: number
}

/** What a session's cluster is like. Fixed when the session is made, but for delays. */
export interface Settings {
  readonly nodes: number
  readonly delays: Delays
  /** `known`: images behave as images/ says. `always`: every image runs, as in the recorded cluster. */
  readonly images: 'known' | 'always'
  /** Whether kubelets write Events. */
  readonly kubeletEvents: boolean
  /** CoreDNS and the rest of kube-system exist. */
  readonly addons: boolean
  /** Whether discovery shows kubarium.dev, which a real cluster does not have. */
  readonly ownGroup: boolean
  readonly loadBalancer: 'cloud' | 'none'
  readonly proxyMode: 'iptables' | 'nftables' | 'ipvs'
  /** How long the cluster's DNS records live, in seconds. */
  readonly dnsTTL: number
}

export const DELAYS = {
  instant: {
    imagePull: 0,
    containerStart: 0,
    containerStop: 0,
    loadBalancer: 0,
    proxySync: 0,
    jobRun: 1000,
  },
  lively: {
    imagePull: 800,
    containerStart: 400,
    containerStop: 600,
    loadBalancer: 1500,
    proxySync: 300,
    jobRun: 2000,
  },
  real: {
    imagePull: 4000,
    containerStart: 1000,
    containerStop: 1500,
    loadBalancer: 30_000,
    proxySync: 1000,
    jobRun: 5000,
  },
} as const satisfies Record<string, Delays>

/** kubeadm's. */
const DNS_TTL = 30

/** What may be asked for when a session is made. */
export interface SettingsRequest {
  readonly template?: 'default' | 'bare' | 'synergychat' | undefined
  readonly nodes?: number | undefined
  readonly delays?: keyof typeof DELAYS | undefined
  readonly proxyMode?: Settings['proxyMode'] | undefined
  readonly loadBalancer?: Settings['loadBalancer'] | undefined
  /** Instead of that of `delays`, in milliseconds. */
  readonly proxySync?: number | undefined
  /** In seconds, at most an hour; 0 to 3600 is what CoreDNS takes. */
  readonly dnsTTL?: number | undefined
}

/** The settings of a template. `bare` is the cluster of the recordings: it runs any image and has nothing of its own. */
export const settingsOf = (request: SettingsRequest): Settings => {
  const isBare = request.template === 'bare'
  const delays: Delays = DELAYS[request.delays ?? 'lively']
  return {
    nodes: request.nodes ?? 3,
    // a bare cluster has no proxies to wait for: whoever asks for its tables gets those of this moment
    delays: { ...delays, proxySync: request.proxySync ?? (isBare ? 0 : delays.proxySync) },
    images: isBare ? 'always' : 'known',
    kubeletEvents: !isBare,
    addons: !isBare,
    ownGroup: !isBare,
    loadBalancer: request.loadBalancer ?? (isBare ? 'none' : 'cloud'),
    proxyMode: request.proxyMode ?? 'iptables',
    dnsTTL: request.dnsTTL ?? DNS_TTL,
  }
}
