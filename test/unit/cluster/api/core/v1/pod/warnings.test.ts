import { describe, expect, it } from 'vitest'
import { defaultPod, defaultPodTemplateSpec } from '#api/core/v1/pod/defaults.ts'
import type { PodSpec } from '#api/core/v1/pod/types.ts'
import { podTemplateWarnings, podWarnings } from '#api/core/v1/pod/warnings.ts'
import { container, pod } from '../../../../../../support/pods.ts'

const warnings = (spec: Partial<PodSpec>, name = 'p'): readonly string[] =>
  podWarnings(defaultPod(pod({ metadata: { name }, spec })))

describe('podWarnings()', () => {
  it('is silent about a plain Pod', () => {
    expect(warnings({})).toEqual([])
  })

  it('recommends a label as name', () => {
    expect(warnings({}, 'a.b')).toEqual([
      "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]",
    ])
  })

  it('names ports and env that are given twice', () => {
    const c = container({
      ports: [{ containerPort: 80 }, { containerPort: 80 }, { containerPort: 80, hostPort: 8 }],
      env: [
        { name: 'A', value: '1' },
        { name: 'A', value: '$(A)2' },
        { name: 'A', value: '3' },
      ],
    })
    expect(warnings({ containers: [c] })).toEqual([
      'spec.containers[0].env[2]: hides previous definition of "A", which may be dropped when using apply',
      'spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]',
      'spec.containers[0].ports[2]: overlapping port definition with spec.containers[0].ports[0]',
      'spec.containers[0].ports[2]: overlapping port definition with spec.containers[0].ports[1]',
    ])
  })

  it('speaks of deprecated labels and volumes, fractions of bytes and selectors of nothing', () => {
    const c = container({ resources: { limits: { memory: '100m' } } })
    expect(
      warnings({
        containers: [c],
        nodeSelector: { 'beta.kubernetes.io/os': 'linux' },
        volumes: [{ name: 'g', gitRepo: { repository: 'r' } }],
        topologySpreadConstraints: [
          { maxSkew: 1, topologyKey: 'a', whenUnsatisfiable: 'DoNotSchedule' },
        ],
        terminationGracePeriodSeconds: -1,
      }),
    ).toEqual([
      'spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
      'spec.topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no pod',
      'spec.volumes[0].gitRepo: deprecated in v1.11, and disabled by default in v1.33+',
      'spec.containers[0].resources.limits[memory]: fractional byte value "100m" is invalid, must be an integer',
      'spec.containers[0].resources.requests[memory]: fractional byte value "100m" is invalid, must be an integer',
      'spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1',
    ])
  })

  it('asks for addresses in canonical form', () => {
    expect(
      warnings({
        dnsConfig: { nameservers: ['10.0.0.1', 'fd00::0:1'] },
        hostAliases: [{ ip: 'FD00::2', hostnames: ['a'] }],
      }),
    ).toEqual([
      'spec.dnsConfig.nameservers[1]: IPv6 address "fd00::0:1" should be in RFC 5952 canonical format ("fd00::1")',
      'spec.hostAliases[0].ip: IPv6 address "FD00::2" should be in RFC 5952 canonical format ("fd00::2")',
    ])
  })

  it('shows the path of a template', () => {
    const template = defaultPodTemplateSpec({
      spec: { containers: [container()], imagePullSecrets: [{ name: 'a' }, { name: 'a' }] },
    })
    expect(podTemplateWarnings(template, 'spec.template')).toEqual([
      'spec.template.spec.imagePullSecrets[1].name: duplicate name "a"',
    ])
  })
})
