import { describe, expect, it } from 'vitest'
import type { Pod } from '#api/core/v1/pod/types.ts'
import type { StatusError } from '#apimachinery/status-error.ts'
import {
  defaultIngressClass,
  defaultStorageClass,
} from '#kube-apiserver/admission/default-classes.ts'
import { defaultTolerationSeconds } from '#kube-apiserver/admission/default-toleration-seconds.ts'
import { namespaceLifecycle } from '#kube-apiserver/admission/namespace-lifecycle.ts'
import { podTopologyLabels } from '#kube-apiserver/admission/pod-topology-labels.ts'
import { priority } from '#kube-apiserver/admission/priority.ts'
import { serviceAccount } from '#kube-apiserver/admission/service-account.ts'
import { taintNodesByCondition } from '#kube-apiserver/admission/taint-nodes-by-condition.ts'
import { contextOf, messageOf, requestOf, run } from '../../../../support/admission.ts'

const pod = (spec: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'default' },
  spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
})

const account = (more: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'default', namespace: 'default' },
  ...more,
})

describe('NamespaceLifecycle', () => {
  const plugin = namespaceLifecycle(
    contextOf({
      namespaces: [
        { metadata: { name: 'default' }, status: { phase: 'Active' } },
        { metadata: { name: 'old' }, status: { phase: 'Terminating' } },
      ],
    }),
  )
  const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } }

  it('refuses what goes nowhere', () => {
    const request = requestOf('configmaps', config, { namespace: 'nowhere' })
    expect(messageOf(() => run(plugin, request))).toBe('namespaces "nowhere" not found')
  })

  it('refuses new content in a namespace that ends, and says why', () => {
    let status: unknown
    try {
      run(plugin, requestOf('configmaps', config, { namespace: 'old' }))
    } catch (error) {
      status = (error as StatusError).status
    }
    expect(status).toMatchObject({
      reason: 'Forbidden',
      message:
        'configmaps "c" is forbidden: unable to create new content in namespace old because it is being terminated',
      details: {
        name: 'c',
        kind: 'configmaps',
        causes: [
          {
            reason: 'NamespaceTerminating',
            message: 'namespace old is being terminated',
            field: 'metadata.namespace',
          },
        ],
      },
    })
  })

  it('lets content in a namespace that ends change', () => {
    const request = requestOf('configmaps', config, { namespace: 'old', operation: 'UPDATE' })
    expect(run(plugin, request)).toBe(request.object)
  })

  it('keeps the namespaces that every cluster needs', () => {
    const remove = (name: string): string =>
      messageOf(() =>
        run(plugin, requestOf('namespaces', undefined, { operation: 'DELETE', name })),
      )
    expect(remove('default')).toBe(
      'namespaces "default" is forbidden: this namespace may not be deleted',
    )
    expect(remove('kube-node-lease')).toBe('')
  })
})

describe('ServiceAccount', () => {
  it('mounts the token of the default account everywhere', () => {
    const plugin = serviceAccount(contextOf({ serviceaccounts: [account()] }))
    const { spec } = run(plugin, requestOf('pods', pod({ initContainers: [{ name: 'i' }] }))) as Pod
    const name = spec.volumes![0]!.name
    expect(name).toMatch(/^kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
    const mount = {
      name,
      readOnly: true,
      mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
    }
    expect(spec.serviceAccountName).toBe('default')
    expect(spec.serviceAccount).toBe('default')
    expect(spec.containers[0]!.volumeMounts).toEqual([mount])
    expect(spec.initContainers![0]!.volumeMounts).toEqual([mount])
    expect(spec.volumes![0]!.projected).toMatchObject({
      defaultMode: 420,
      sources: [{ serviceAccountToken: { expirationSeconds: 3607, path: 'token' } }, {}, {}],
    })
  })

  it('mounts nothing if the Pod or its account does not want it', () => {
    const plugin = serviceAccount(
      contextOf({ serviceaccounts: [account({ automountServiceAccountToken: false })] }),
    )
    const admitted = run(plugin, requestOf('pods', pod())) as Pod
    expect(admitted.spec.volumes).toBeUndefined()
    const asked = run(plugin, requestOf('pods', pod({ automountServiceAccountToken: true }))) as Pod
    expect(asked.spec.volumes).toHaveLength(1)
  })

  it('hands on the pull secrets of the account', () => {
    const imagePullSecrets = [{ name: 'reg' }]
    const plugin = serviceAccount(contextOf({ serviceaccounts: [account({ imagePullSecrets })] }))
    expect((run(plugin, requestOf('pods', pod())) as Pod).spec.imagePullSecrets).toEqual(
      imagePullSecrets,
    )
  })

  it('refuses an account that is not there', () => {
    const plugin = serviceAccount(contextOf())
    expect(
      messageOf(() => run(plugin, requestOf('pods', pod({ serviceAccountName: 'nope' })))),
    ).toBe(
      'pods "p" is forbidden: error looking up service account default/nope: serviceaccount "nope" not found',
    )
  })
})

describe('DefaultTolerationSeconds', () => {
  const keys = (tolerations: object[] | undefined): readonly (string | undefined)[] =>
    (
      run(
        defaultTolerationSeconds,
        requestOf('pods', pod(tolerations === undefined ? {} : { tolerations })),
      ) as Pod
    ).spec.tolerations!.map(({ key }) => key)

  const cases: readonly (readonly [
    string,
    object[] | undefined,
    readonly (string | undefined)[],
  ])[] = [
    ['nothing', undefined, ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']],
    [
      'another taint',
      [{ key: 'a', operator: 'Exists' }],
      ['a', 'node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'],
    ],
    ['everything', [{ operator: 'Exists' }], [undefined]],
    [
      'one of both',
      [{ key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' }],
      ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'],
    ],
  ]
  for (const [name, given, expected] of cases) {
    it(`completes a Pod that tolerates ${name}`, () => {
      expect(keys(given)).toEqual(expected)
    })
  }
})

describe('Priority', () => {
  const classes = {
    'priorityclasses.scheduling.k8s.io': [
      { metadata: { name: 'high' }, value: 1000, preemptionPolicy: 'Never' },
      {
        metadata: { name: 'usual' },
        value: 7,
        globalDefault: true,
        preemptionPolicy: 'PreemptLowerPriority',
      },
    ],
  }

  const cases: readonly (readonly [string, object, object, object])[] = [
    ['without any class', {}, {}, { priority: 0, preemptionPolicy: 'PreemptLowerPriority' }],
    ['with a default class', classes, {}, { priority: 7, priorityClassName: 'usual' }],
    [
      'with a class of its own',
      classes,
      { priorityClassName: 'high' },
      { priority: 1000, preemptionPolicy: 'Never' },
    ],
  ]
  for (const [name, objects, spec, expected] of cases) {
    it(`is worked out for a Pod ${name}`, () => {
      const plugin = priority(contextOf(objects as never))
      expect((run(plugin, requestOf('pods', pod(spec))) as Pod).spec).toMatchObject(expected)
    })
  }

  const refusals: readonly (readonly [object, string])[] = [
    [
      { priorityClassName: 'none' },
      'pods "p" is forbidden: no PriorityClass with name none was found',
    ],
    [
      { priority: 5 },
      'pods "p" is forbidden: the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 7 from the given PriorityClass name',
    ],
    [
      { preemptionPolicy: 'Never' },
      'pods "p" is forbidden: the string value of PreemptionPolicy (Never) must not be provided in pod spec; priority admission controller computed PreemptLowerPriority from the given PriorityClass name',
    ],
  ]
  for (const [spec, message] of refusals) {
    it(`refuses ${JSON.stringify(spec)}`, () => {
      expect(messageOf(() => run(priority(contextOf(classes)), requestOf('pods', pod(spec))))).toBe(
        message,
      )
    })
  }

  it('allows one default class', () => {
    const second = { metadata: { name: 'other' }, globalDefault: true }
    const request = requestOf('priorityclasses.scheduling.k8s.io', second)
    expect(messageOf(() => run(priority(contextOf(classes)), request))).toBe(
      'priorityclasses.scheduling.k8s.io "other" is forbidden: PriorityClass usual is already marked as default. Only one default can exist',
    )
  })
})

describe('default classes', () => {
  const annotated = (key: string, name: string, creationTimestamp: string): object => ({
    metadata: { name, creationTimestamp, annotations: { [key]: 'true' } },
  })

  it('give an Ingress the newest default class', () => {
    const key = 'ingressclass.kubernetes.io/is-default-class'
    const plugin = defaultIngressClass(
      contextOf({
        'ingressclasses.networking.k8s.io': [
          annotated(key, 'b', '2023-01-02T00:00:00Z'),
          annotated(key, 'a', '2023-01-01T00:00:00Z'),
          { metadata: { name: 'c', creationTimestamp: '2024-01-01T00:00:00Z' } },
        ],
      }),
    )
    const request = requestOf('ingresses.networking.k8s.io', { metadata: { name: 'i' }, spec: {} })
    expect(run(plugin, request)).toMatchObject({ spec: { ingressClassName: 'b' } })
    const old = {
      metadata: { name: 'i', annotations: { 'kubernetes.io/ingress.class': 'x' } },
      spec: {},
    }
    const kept = requestOf('ingresses.networking.k8s.io', old)
    expect(run(plugin, kept)).toBe(kept.object)
  })

  it('give a claim the default storage class, but not one that wants none', () => {
    const plugin = defaultStorageClass(
      contextOf({
        'storageclasses.storage.k8s.io': [
          annotated(
            'storageclass.kubernetes.io/is-default-class',
            'standard',
            '2023-01-02T00:00:00Z',
          ),
        ],
      }),
    )
    const claim = (spec: object) =>
      requestOf('persistentvolumeclaims', { metadata: { name: 'c' }, spec })
    expect(run(plugin, claim({}))).toMatchObject({ spec: { storageClassName: 'standard' } })
    expect(run(plugin, claim({ storageClassName: '' }))).toMatchObject({
      spec: { storageClassName: '' },
    })
  })
})

describe('TaintNodesByCondition', () => {
  it('taints a new node once', () => {
    const taints = [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }]
    const made = run(
      taintNodesByCondition,
      requestOf('nodes', { metadata: { name: 'n' }, spec: {} }),
    )
    expect(made).toMatchObject({ spec: { taints } })
    const again = requestOf('nodes', { metadata: { name: 'n' }, spec: { taints } })
    expect(run(taintNodesByCondition, again)).toBe(again.object)
  })
})

describe('PodTopologyLabels', () => {
  const labels = { 'topology.kubernetes.io/zone': 'z1', disk: 'ssd' }
  const plugin = podTopologyLabels(contextOf({ nodes: [{ metadata: { name: 'n', labels } }] }))

  it('tell a Pod that is born on a node where that is', () => {
    const admitted = run(plugin, requestOf('pods', pod({ nodeName: 'n' })))
    expect(admitted!.metadata.labels).toEqual({ 'topology.kubernetes.io/zone': 'z1' })
  })

  it('leave other Pods alone', () => {
    for (const spec of [{}, { nodeName: 'gone' }]) {
      const request = requestOf('pods', pod(spec))
      expect(run(plugin, request)).toBe(request.object)
    }
  })
})
