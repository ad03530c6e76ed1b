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

export interface PastDelays {
  /** Milliseconds since the epoch. */
  readonly until: number
  readonly delays: Delays
}

/** How long what begins at a moment takes: what is under way when delays are changed keeps its end. */
export const delaysAt = (
  { delays, pastDelays = [] }: Pick<Settings, 'delays' | 'pastDelays'>,
  moment: number,
): Delays => pastDelays.find(({ until }) => moment < until)?.delays ?? delays

/** What a session's cluster is like. Fixed when the session is made, but for delays. */
export interface Settings {
  readonly nodes: number
  readonly delays: Delays
  /** Those of before, by when they were changed: they hold for what was under way by then. */
  readonly pastDelays?: readonly PastDelays[]
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

export type DelaysPreset = keyof typeof DELAYS

/** A preset, or one of which some are otherwise; in milliseconds. */
export type DelaysRequest =
  | DelaysPreset
  | ({ readonly preset?: DelaysPreset | undefined } & {
      readonly [Name in keyof Delays]?: number | undefined
    })

/** No delay may be longer. */
export const LONGEST_DELAY = 600_000

export const delaysOf = (request: DelaysRequest = 'lively'): Delays => {
  if (typeof request === 'string') return DELAYS[request]
  const { preset = 'lively', ...own } = request
  const { imagePull, containerStart, containerStop, loadBalancer, proxySync, jobRun } = own
  const base = DELAYS[preset]
  return {
    imagePull: imagePull ?? base.imagePull,
    containerStart: containerStart ?? base.containerStart,
    containerStop: containerStop ?? base.containerStop,
    loadBalancer: loadBalancer ?? base.loadBalancer,
    proxySync: proxySync ?? base.proxySync,
    jobRun: jobRun ?? base.jobRun,
  }
}

/** What may be asked for when a session is made. */
export interface SettingsRequest {
  readonly template?: 'default' | 'bare' | 'synergychat' | undefined
  readonly nodes?: number | undefined
  readonly delays?: DelaysRequest | undefined
  /** The clock stands from the beginning: whoever asks for nothing else does not wait for proxies and caches that never go on. */
  readonly paused?: boolean | undefined
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
  return {
    nodes: request.nodes ?? 3,
    delays: delaysOfSession(request),
    images: isBare ? 'always' : 'known',
    kubeletEvents: !isBare,
    addons: !isBare,
    ownGroup: !isBare,
    loadBalancer: request.loadBalancer ?? (isBare ? 'none' : 'cloud'),
    proxyMode: request.proxyMode ?? 'iptables',
    dnsTTL: request.dnsTTL ?? (request.paused === true ? 0 : DNS_TTL),
  }
}

const delaysOfSession = (request: SettingsRequest): Delays => {
  const { template, delays: asked, paused } = request
  const delays = delaysOf(asked)
  const own = typeof asked === 'object' ? asked.proxySync : undefined
  const proxySync = own ?? request.proxySync
  // a bare cluster has no proxies to wait for: whoever asks for its tables gets those of this moment
  const isAtOnce = template === 'bare' || paused === true
  return { ...delays, proxySync: proxySync ?? (isAtOnce ? 0 : delays.proxySync) }
}

/** The request of a session whose delays are changed: what was said of them before is forgotten. */
export const withDelays = (request: SettingsRequest, delays: DelaysRequest): SettingsRequest => {
  const { proxySync: _proxySync, paused: _paused, ...kept } = request
  return { ...kept, delays, dnsTTL: settingsOf(request).dnsTTL }
}
