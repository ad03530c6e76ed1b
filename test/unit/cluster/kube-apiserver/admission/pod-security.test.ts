import { describe, expect, it } from 'vitest'
import { podSecurity } from '#kube-apiserver/admission/pod-security/pod-security.ts'
import { contextOf, messageOf, requestOf, run } from '../../../../support/admission.ts'

const LABEL = 'pod-security.kubernetes.io/'

const pluginWith = (labels: object, pods: readonly object[] = []) =>
  podSecurity(contextOf({ namespaces: [{ metadata: { name: 'default', labels } }], pods }))

const pod = (spec: object): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'default' },
  spec: { containers: [{ name: 'c' }], ...spec },
})

const careful = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
}

describe('PodSecurity', () => {
  const cases: readonly (readonly [string, string, object, string])[] = [
    ['privileged lets anything pass', 'privileged', { hostNetwork: true }, ''],
    ['baseline lets a plain Pod pass', 'baseline', {}, ''],
    [
      'restricted lets a careful Pod pass',
      'restricted',
      { containers: [{ name: 'c', securityContext: careful }] },
      '',
    ],
    [
      'restricted lists all that is missing',
      'restricted',
      {},
      'allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    ],
    [
      'baseline names what reaches the host',
      'baseline',
      {
        hostNetwork: true,
        hostPID: true,
        volumes: [{ name: 'v', hostPath: { path: '/' } }],
        containers: [
          {
            name: 'a',
            ports: [{ containerPort: 80, hostPort: 80 }],
            securityContext: { privileged: true, capabilities: { add: ['NET_ADMIN'] } },
          },
          { name: 'b', ports: [{ containerPort: 81, hostPort: 81 }] },
        ],
      },
      'non-default capabilities (container "a" must not include "NET_ADMIN" in securityContext.capabilities.add), host namespaces (hostNetwork=true, hostPID=true), hostPath volumes (volume "v"), hostPort (containers "a", "b" use hostPorts 80, 81), privileged (container "a" must not set securityContext.privileged=true)',
    ],
    [
      'restricted replaces what it is stricter about',
      'restricted',
      {
        securityContext: { runAsUser: 0, seccompProfile: { type: 'Unconfined' } },
        volumes: [{ name: 'v', hostPath: { path: '/' } }],
        containers: [{ name: 'c', securityContext: { ...careful, runAsNonRoot: false } }],
      },
      'restricted volume types (volume "v" uses restricted volume type "hostPath"), runAsNonRoot != true (container "c" must not set securityContext.runAsNonRoot=false), runAsUser=0 (pod must not set runAsUser=0), seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")',
    ],
  ]
  for (const [name, level, spec, details] of cases) {
    it(name, () => {
      const plugin = pluginWith({ [`${LABEL}enforce`]: level })
      const message = messageOf(() => run(plugin, requestOf('pods', pod(spec))))
      expect(message).toBe(
        details === ''
          ? ''
          : `pods "p" is forbidden: violates PodSecurity "${level}:latest": ${details}`,
      )
    })
  }

  it('warns of Pods and of what would make them', () => {
    const plugin = pluginWith({ [`${LABEL}warn`]: 'baseline', [`${LABEL}warn-version`]: 'v1.30' })
    const expected = [
      'would violate PodSecurity "baseline:v1.30": host namespaces (hostNetwork=true)',
    ]
    const ofPod = requestOf('pods', pod({ hostNetwork: true }))
    run(plugin, ofPod)
    expect(ofPod.warnings).toEqual(expected)
    const template = { spec: { hostNetwork: true, containers: [] } }
    const ofDeployment = requestOf('deployments.apps', {
      metadata: { name: 'd' },
      spec: { template },
    })
    run(plugin, ofDeployment)
    expect(ofDeployment.warnings).toEqual(expected)
  })

  it('refuses a level that is none', () => {
    const namespace = { metadata: { name: 'n', labels: { [`${LABEL}enforce`]: 'strict' } } }
    expect(messageOf(() => run(pluginWith({}), requestOf('namespaces', namespace)))).toBe(
      `Namespace "n" is invalid: metadata.labels[${LABEL}enforce]: Invalid value: "strict": must be one of privileged, baseline, restricted`,
    )
  })

  it('tells which Pods a stricter level finds', () => {
    const named = (name: string): object => ({
      ...pod({ hostNetwork: true }),
      metadata: { name, namespace: 'default' },
    })
    const plugin = pluginWith({}, [named('a'), named('b'), named('c')])
    const request = requestOf(
      'namespaces',
      { metadata: { name: 'default', labels: { [`${LABEL}enforce`]: 'baseline' } } },
      { old: { metadata: { name: 'default' } } as never },
    )
    run(plugin, request)
    expect(request.warnings).toEqual([
      'existing pods in namespace "default" violate the new PodSecurity enforce level "baseline:latest"',
      'a (and 2 other pods): host namespaces',
    ])
  })
})
