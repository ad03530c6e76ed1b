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

const INVALID = 'failed validate: KubeProxyConfiguration.'
const MODES =
  'must be iptables, ipvs, nftables or blank (blank means the best-available proxy [currently iptables])'
const JSON_INTO =
  'failed complete: failed to decode: json: cannot unmarshal TYPE into Go struct field KubeProxy'
const CIDRS = `${INVALID}DetectLocalConfiguration.ClusterCIDRs`
const CIDR = 'must be a valid CIDR block (e.g. 10.100.0.0/16 or fde4:8dba:82e1::/48)'
const PAIR =
  'must be a either a single CIDR or dual-stack pair of CIDRs (e.g. [10.100.0.0/16, fde4:8dba:82e1::/48]'
const BIT = `${INVALID}KubeProxyIPTablesConfiguration.MasqueradeBit: Invalid value: `

describe('a ConfigMap is refused', () => {
  it.each([
    ['mode: userspace', `${INVALID}Mode.ProxyMode: Invalid value: "userspace": ${MODES}`],
    ['mode: __proto__', `${INVALID}Mode.ProxyMode: Invalid value: "__proto__": ${MODES}`],
    [
      'mode: 5',
      `${JSON_INTO}Configuration.mode of type v1alpha1.ProxyMode`.replace('TYPE', 'number'),
    ],
    [
      'mode: [iptables]',
      `${JSON_INTO}Configuration.mode of type v1alpha1.ProxyMode`.replace('TYPE', 'array'),
    ],
    ['clusterCIDR: 10.0.0.0/40', `${CIDRS}[0]: Invalid value: "10.0.0.0/40": ${CIDR}`],
    ['clusterCIDR: nonsense', `${CIDRS}[0]: Invalid value: "nonsense": ${CIDR}`],
    [
      'clusterCIDR: 10.0.0.0/8,10.1.0.0/16',
      `${CIDRS}: Invalid value: ["10.0.0.0/8","10.1.0.0/16"]: ${PAIR}`,
    ],
    [
      'clusterCIDR: 10.0.0.0/8,fd00::/64,10.1.0.0/16',
      `${CIDRS}: Invalid value: ["10.0.0.0/8","fd00::/64","10.1.0.0/16"]: ${PAIR}`,
    ],
    [
      'clusterCIDR: 7',
      `${JSON_INTO}Configuration.clusterCIDR of type string`.replace('TYPE', 'number'),
    ],
    [
      'detectLocalMode: Guess',
      `${INVALID}DetectLocalMode: Unsupported value: "Guess": supported values: "", "BridgeInterface", "ClusterCIDR", "InterfaceNamePrefix", "NodeCIDR"`,
    ],
    [
      'detectLocalMode: BridgeInterface',
      `${INVALID}DetectLocalConfiguration.InterfaceName: Invalid value: "": must not be empty`,
    ],
    [
      'detectLocalMode: InterfaceNamePrefix',
      `${INVALID}DetectLocalConfiguration.InterfacePrefix: Invalid value: "": must not be empty`,
    ],
    ['iptables: {masqueradeBit: 32}', `${BIT}32: must be within the range [0, 31]`],
    ['iptables: {masqueradeBit: -1}', `${BIT}-1: must be within the range [0, 31]`],
    [
      'iptables: {masqueradeBit: 1.5}',
      `${JSON_INTO}IPTablesConfiguration.iptables.masqueradeBit of type int32`.replace(
        'TYPE',
        'number 1.5',
      ),
    ],
    [
      'iptables: {masqueradeAll: "yes"}',
      `${JSON_INTO}IPTablesConfiguration.iptables.masqueradeAll of type bool`.replace(
        'TYPE',
        'string',
      ),
    ],
    [
      'iptables: [1]',
      `${JSON_INTO}Configuration.iptables of type v1alpha1.KubeProxyIPTablesConfiguration`.replace(
        'TYPE',
        'array',
      ),
    ],
    [
      'nodePortAddresses: 10.0.0.0/8',
      `${JSON_INTO}Configuration.nodePortAddresses of type []string`.replace('TYPE', 'string'),
    ],
    [
      'nodePortAddresses: [7]',
      `${JSON_INTO}Configuration.nodePortAddresses of type string`.replace('TYPE', 'number'),
    ],
    [
      'nodePortAddresses: [10.0.0.1]',
      `${INVALID}NodePortAddresses[0]: Invalid value: "10.0.0.1": must be a valid CIDR`,
    ],
    [
      'nodePortAddresses: [primary, 10.0.0.0/8]',
      `${INVALID}NodePortAddresses[0]: Invalid value: "primary": can't use both 'primary' and CIDRs`,
    ],
  ])('for %s', (text, problem) => {
    expect(() => read(text)).toThrow(new ConfigurationError(problem))
  })

  it.each([
    ['nothing at all', '', "Object 'Kind' is missing in 'null'"],
    ['no kind', 'mode: nftables', `Object 'Kind' is missing in '{"mode":"nftables"}'`],
    ['no object', '- 1\n- 2', "Object 'Kind' is missing in '[1,2]'"],
    ['a word', 'hello', `Object 'Kind' is missing in '"hello"'`],
    [
      'another kind',
      'kind: Pod',
      'no kind "Pod" is registered for version "" in scheme "pkg/proxy/apis/config/scheme/scheme.go:30"',
    ],
  ])('for %s', (_, text, problem) => {
    expect(() => configurationOf(configMap(text), DEFAULTS)).toThrow(
      new ConfigurationError(`failed complete: failed to decode: ${problem}`),
    )
  })

  it.each([
    ['no YAML', 'mode: [iptables'],
    ['a bomb of references', `a: &a [x,x]\n${'b: *b\n'.repeat(3)}`],
    ['text of great depth', '['.repeat(100_000)],
  ])('for %s, in the words of the decoder', (_, text) => {
    expect(() => configurationOf(configMap(text), DEFAULTS)).toThrow(ConfigurationError)
    expect(() => configurationOf(configMap(text), DEFAULTS)).toThrow(
      /^failed complete: failed to decode: /,
    )
  })

  it('for nothing that only looks like a field', () => {
    expect(read('__proto__: {mode: nftables}\nconstructor: {mode: ipvs}')).toEqual(UNSAID)
  })
})
