import { describe, expect, it } from 'vitest'
import type { ConfigMap } from '#api/core/v1/config-map/types.ts'
import { ConfigurationError, configurationOf } from '#kube-proxy/configuration.ts'
import { kubeadmConfiguration } from '#kube-proxy/kubeadm-configuration.ts'
import { cidr } from '../../../support/proxy-recordings.ts'

const DEFAULTS = { mode: 'iptables', clusterCIDR: cidr('10.244.0.0/16') } as const

const configMap = (text: string, file = 'config.conf'): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'kube-proxy', namespace: 'kube-system' },
  data: { [file]: text },
})

const HEAD = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n'

const read = (text: string) => configurationOf(configMap(HEAD + text), DEFAULTS)

const UNSAID = {
  mode: 'iptables',
  localDetector: { kind: 'cidr', cidr: cidr('10.244.0.0/16') },
  masqueradeAll: false,
  masqueradeBit: 14,
  localhostNodePorts: true,
  nodePortAddresses: [],
}

describe('what is said nowhere', () => {
  it.each([
    ['there is no ConfigMap', undefined],
    ['it has no data', { ...configMap(''), data: {} }],
    ['it has another file', configMap('clusters: []', 'kubeconfig.conf')],
    ['its file says nothing', configMap(HEAD)],
    ['all of it is null', configMap(`${HEAD}mode: null\niptables: null\nnodePortAddresses: null`)],
    ['all of it is empty', configMap(`${HEAD}mode: ""\nclusterCIDR: ""\ndetectLocalMode: ""`)],
  ])('is by default: %s', (_, given) => {
    expect(configurationOf(given, DEFAULTS)).toEqual(UNSAID)
  })

  it('is as the session has it', () => {
    const given = { ...DEFAULTS, mode: 'nftables' } as const
    expect(configurationOf(undefined, given).mode).toBe('nftables')
    expect(configurationOf(undefined, given).nodePortAddresses).toBe('primary')
  })
})

describe("kubeadm's own file", () => {
  it.each(['iptables', 'nftables', 'ipvs'] as const)('says the same read as YAML: %s', (mode) => {
    const file = kubeadmConfiguration(mode)
    for (const defaults of [
      DEFAULTS,
      { mode: 'nftables', clusterCIDR: cidr('10.0.0.0/8') },
    ] as const)
      expect(configurationOf(configMap(file), defaults)).toEqual(
        configurationOf(configMap(`${file}\n# looked at`), defaults),
      )
    expect(configurationOf(configMap(file), DEFAULTS).mode).toBe(mode)
  })
})

describe('what is said', () => {
  it.each([
    ['mode: nftables', { mode: 'nftables', nodePortAddresses: 'primary' }],
    ['mode: ipvs', { mode: 'ipvs' }],
    ['mode: iptables', {}],
    ['clusterCIDR: 10.0.0.0/8', { localDetector: { kind: 'cidr', cidr: cidr('10.0.0.0/8') } }],
    [
      'clusterCIDR: "fd00::/64,10.0.0.0/8"',
      { localDetector: { kind: 'cidr', cidr: cidr('10.0.0.0/8') } },
    ],
    ['clusterCIDR: fd00::/64', { localDetector: { kind: 'none' } }],
    ['detectLocalMode: ClusterCIDR', {}],
    ['detectLocalMode: NodeCIDR', { localDetector: { kind: 'nodeCIDR' } }],
    [
      'detectLocalMode: BridgeInterface\ndetectLocal: {bridgeInterface: cni0}',
      { localDetector: { kind: 'bridge', name: 'cni0' } },
    ],
    [
      'detectLocalMode: InterfaceNamePrefix\ndetectLocal: {interfaceNamePrefix: veth}',
      { localDetector: { kind: 'interfacePrefix', prefix: 'veth' } },
    ],
    ['iptables: {masqueradeAll: true}', { masqueradeAll: true }],
    ['nftables: {masqueradeAll: true}', {}],
    ['iptables: {masqueradeBit: 5}', { masqueradeBit: 5 }],
    ['iptables: {masqueradeBit: 0}', { masqueradeBit: 0 }],
    ['iptables: {masqueradeBit: 31}', { masqueradeBit: 31 }],
    ['iptables: {masqueradeBit: null}', {}],
    ['iptables: {localhostNodePorts: false}', { localhostNodePorts: false }],
    ['nodePortAddresses: []', {}],
    ['nodePortAddresses: [primary]', { nodePortAddresses: 'primary' }],
    [
      'nodePortAddresses: [192.168.0.0/16, "fd00::/8"]',
      { nodePortAddresses: [cidr('192.168.0.0/16')] },
    ],
    ['iptables: {syncPeriod: 30s, minSyncPeriod: 1s}', {}],
    ['somethingUnknown: 1', {}],
  ])('counts: %s', (text, differs) => {
    expect(read(text)).toEqual({ ...UNSAID, ...differs })
  })

  it("counts in the mode's own section", () => {
    const text = 'mode: nftables\nnftables: {masqueradeAll: true, masqueradeBit: 7}\n'
    expect(read(text)).toMatchObject({ masqueradeAll: true, masqueradeBit: 7 })
    expect(read(`${text}iptables: {masqueradeAll: false, masqueradeBit: 3}`)).toMatchObject({
      masqueradeAll: true,
      masqueradeBit: 7,
    })
  })

  it('may be JSON', () => {
    const json = JSON.stringify({
      kind: 'KubeProxyConfiguration',
      mode: 'nftables',
      nodePortAddresses: ['10.0.0.0/8'],
    })
    expect(configurationOf(configMap(json), DEFAULTS)).toMatchObject({
      mode: 'nftables',
      nodePortAddresses: [cidr('10.0.0.0/8')],
    })
  })

  it('may stand in a file of another name', () => {
    expect(configurationOf(configMap(`${HEAD}mode: ipvs`, 'proxy.yaml'), DEFAULTS).mode).toBe(
      'ipvs',
    )
  })
})

describe('a ConfigMap is refused', () => {
  it.each([
    ['mode: userspace', 'mode: unknown proxy mode "userspace"'],
    ['mode: __proto__', 'mode: unknown proxy mode "__proto__"'],
    ['mode: 5', 'mode: must be a string'],
    ['mode: [iptables]', 'mode: must be a string'],
    ['clusterCIDR: 10.0.0.0/40', 'clusterCIDR: "10.0.0.0/40" is no valid CIDR block'],
    ['clusterCIDR: nonsense', 'clusterCIDR: "nonsense" is no valid CIDR block'],
    [
      'clusterCIDR: 10.0.0.0/8,10.1.0.0/16',
      'clusterCIDR: "10.0.0.0/8,10.1.0.0/16" must be a valid DualStack CIDR',
    ],
    [
      'clusterCIDR: 10.0.0.0/8,fd00::/64,10.1.0.0/16',
      'clusterCIDR: "10.0.0.0/8,fd00::/64,10.1.0.0/16" must be a valid DualStack CIDR',
    ],
    ['clusterCIDR: 7', 'clusterCIDR: must be a string'],
    ['detectLocalMode: Guess', 'detectLocalMode: unknown mode "Guess"'],
    ['detectLocalMode: BridgeInterface', 'detectLocal.bridgeInterface: must be set'],
    ['detectLocalMode: InterfaceNamePrefix', 'detectLocal.interfaceNamePrefix: must be set'],
    ['iptables: {masqueradeBit: 32}', 'masqueradeBit: must be within the range [0, 31]'],
    ['iptables: {masqueradeBit: -1}', 'masqueradeBit: must be within the range [0, 31]'],
    ['iptables: {masqueradeBit: 1.5}', 'masqueradeBit: must be within the range [0, 31]'],
    ['iptables: {masqueradeBit: "14"}', 'masqueradeBit: must be within the range [0, 31]'],
    ['iptables: {masqueradeAll: "yes"}', 'masqueradeAll: must be true or false'],
    ['iptables: {localhostNodePorts: 1}', 'localhostNodePorts: must be true or false'],
    ['iptables: [1]', 'iptables: must be an object'],
    ['detectLocal: eth0', 'detectLocal: must be an object'],
    ['nodePortAddresses: 10.0.0.0/8', 'nodePortAddresses: must be a list'],
    ['nodePortAddresses: [7]', 'nodePortAddresses: 7 is no valid CIDR block'],
    ['nodePortAddresses: [10.0.0.1]', 'nodePortAddresses: "10.0.0.1" is no valid CIDR block'],
    [
      'nodePortAddresses: [primary, 10.0.0.0/8]',
      'nodePortAddresses: "primary" is no valid CIDR block',
    ],
  ])('for %s', (text, problem) => {
    expect(() => read(text)).toThrow(new ConfigurationError(problem))
  })

  it.each([
    ['nothing at all', '', 'config.conf: not an object'],
    ['no kind', 'mode: nftables', "config.conf: Object 'Kind' is missing"],
    ['no object', '- 1\n- 2', 'config.conf: not an object'],
    ['a word', 'hello', 'config.conf: not an object'],
    ['another kind', 'kind: Pod', 'config.conf: kind must be KubeProxyConfiguration'],
  ])('for %s', (_, text, problem) => {
    expect(() => configurationOf(configMap(text), DEFAULTS)).toThrow(
      new ConfigurationError(problem),
    )
  })

  it.each([
    ['no YAML', 'mode: [iptables'],
    ['a bomb of references', `a: &a [x,x]\n${'b: *b\n'.repeat(3)}`],
    ['text of great depth', '['.repeat(100_000)],
  ])('for %s, with the file named', (_, text) => {
    expect(() => configurationOf(configMap(text), DEFAULTS)).toThrow(ConfigurationError)
    expect(() => configurationOf(configMap(text), DEFAULTS)).toThrow(/^config\.conf: /)
  })

  it('for nothing that only looks like a field', () => {
    expect(read('__proto__: {mode: nftables}\nconstructor: {mode: ipvs}')).toEqual(UNSAID)
  })
})
