import { readFileSync } from 'node:fs'
import type { JsonObject } from '#apimachinery/object.ts'
import { beginWith, isDump } from '#manifests/import.ts'
import { readEvery } from '#manifests/read.ts'
import { describe, expect, test } from 'vitest'
import { importInto, linesOf, listText, live, ownedBy, workload } from '../../../support/dumps.ts'
import { RawApi } from '../../../support/raw-api.ts'

const MINIKUBE = readFileSync('test/fixtures/dumps/minikube.yaml', 'utf8')

const imported = (...items: readonly JsonObject[]): readonly string[] =>
  linesOf(importInto(new RawApi({ template: 'default' }), listText(...items)))

const pod = (spec: JsonObject = {}): JsonObject => ({
  spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec },
})

describe('importManifests()', () => {
  test('takes over a minikube', () => {
    const api = new RawApi({ template: 'default' })
    expect(linesOf(importInto(api, MINIKUBE))).toEqual([
      'created Namespace shop',
      'created ServiceAccount shop/robot',
      'created Secret shop/sh.helm.release.v1.db.v1',
      'created ConfigMap shop/settings',
      'created Service shop/web',
      'created Pod shop/client',
      'created Deployment shop/web',
      'created Ingress shop/web',
      'dropped Pod shop/web-5d59d67564-7kq2x: its ReplicaSet "web-5d59d67564" makes it',
      'dropped Pod kube-system/etcd-minikube: each cluster has its own kube-system',
      'dropped Service default/kubernetes: the control plane makes it',
      'dropped DaemonSet kube-system/kube-proxy: each cluster has its own kube-system',
      'dropped ReplicaSet shop/web-5d59d67564: its Deployment "web" makes it',
      'dropped ConfigMap shop/kube-root-ca.crt: the control plane makes it',
      'missing Secret shop/not-in-the-list: Deployment "web" needs it',
    ])
    const web = api.send('GET', '/api/v1/namespaces/shop/services/web').body as {
      readonly metadata: { readonly annotations: object }
      readonly spec: { readonly clusterIP: string; readonly ports: readonly object[] }
    }
    expect(web.spec.clusterIP).not.toBe('10.101.12.13')
    expect(web.spec.ports).toMatchObject([{ nodePort: 30_080 }])
    // who goes on with `kubectl apply` finds what was applied there
    expect(Object.keys(web.metadata.annotations)).toEqual([
      'kubectl.kubernetes.io/last-applied-configuration',
    ])
    const pods = api.send('GET', '/api/v1/namespaces/shop/pods').body['items'] as readonly object[]
    expect(pods).toHaveLength(3)
  })

  test.each<readonly [string, readonly JsonObject[], readonly string[]]>([
    [
      'what makes others, with whatever makes it not there, is taken as it is',
      [
        live('apps/v1', 'ReplicaSet', 'default/web', {
          metadata: ownedBy('argoproj.io/v1alpha1', 'Rollout', 'web'),
          spec: workload(),
        }),
        live('v1', 'Pod', 'default/web-x', {
          metadata: ownedBy('apps/v1', 'ReplicaSet', 'web'),
          ...pod(),
        }),
        live('v1', 'Pod', 'default/left', {
          metadata: ownedBy('batch/v1', 'Job', 'gone'),
          ...pod(),
        }),
      ],
      [
        'created ReplicaSet default/web',
        'created Pod default/left',
        'dropped Pod default/web-x: its ReplicaSet "web" makes it',
        'changed ReplicaSet default/web: metadata.ownerReferences: left out: Rollout "web" does not make it here',
        'changed Pod default/left: metadata.ownerReferences: left out: Job "gone" does not make it here',
      ],
    ],
    [
      'parts of the other cluster stay there',
      [
        live('v1', 'Namespace', 'gke-managed-system'),
        live('apps/v1', 'Deployment', 'local-path-storage/provisioner', { spec: workload() }),
        live('rbac.authorization.k8s.io/v1', 'ClusterRole', 'eks:node-manager', { rules: [] }),
        live('v1', 'Node', 'ip-10-0-1-7.ec2.internal'),
        live('v1', 'Event', 'default/web.17'),
        live('metrics.k8s.io/v1beta1', 'PodMetrics', 'default/web'),
        live('v1', 'ComponentStatus', 'scheduler'),
        live('v1', 'ServiceAccount', 'default/default', {
          secrets: [{ name: 'default-token-abcde' }],
        }),
        live('v1', 'Secret', 'default/default-token-abcde', {
          metadata: { annotations: { 'kubernetes.io/service-account.name': 'default' } },
          type: 'kubernetes.io/service-account-token',
          data: {},
        }),
        live('v1', 'Pod', 'default/leaving', {
          metadata: { deletionTimestamp: '2025-03-02T10:11:12Z' },
          ...pod(),
        }),
      ],
      [
        'dropped PodMetrics default/web: it is measured',
        'dropped ComponentStatus scheduler: no manifest makes it',
        'dropped Namespace gke-managed-system: gke-managed-system is a part of the other cluster itself',
        'dropped Deployment local-path-storage/provisioner: local-path-storage is a part of the other cluster itself',
        'dropped ClusterRole eks:node-manager: it is a part of the other cluster itself',
        'dropped Node ip-10-0-1-7.ec2.internal: nodes are not made by manifests: `nodes` says how many a session has',
        'dropped Event default/web.17: it tells what happened there',
        'dropped ServiceAccount default/default: the control plane makes it',
        'dropped Secret default/default-token-abcde: a token of its ServiceAccount "default"',
        'dropped Pod default/leaving: it was being deleted',
      ],
    ],
    [
      'endpoints follow from Services that select, those of others were written',
      [
        live('v1', 'Service', 'default/web', {
          spec: { selector: { app: 'a' }, ports: [{ port: 80 }] },
        }),
        live('v1', 'Service', 'default/outside', { spec: { ports: [{ port: 80 }] } }),
        live('v1', 'Endpoints', 'default/web', { subsets: [] }),
        live('v1', 'Endpoints', 'default/outside', {
          subsets: [{ addresses: [{ ip: '192.0.2.7' }], ports: [{ port: 80 }] }],
        }),
        live('discovery.k8s.io/v1', 'EndpointSlice', 'default/web-abcde', {
          metadata: {
            labels: { 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' },
          },
          addressType: 'IPv4',
          endpoints: [],
        }),
      ],
      [
        'created Service default/web',
        'created Service default/outside',
        'created Endpoints default/outside',
        'dropped Endpoints default/web: it follows from its Service',
        'dropped EndpointSlice default/web-abcde: the control plane makes it',
      ],
    ],
    [
      'what was served in former years is read as what it is today',
      [
        live('extensions/v1beta1', 'Deployment', 'default/old', {
          spec: { template: workload()['template']!, rollbackTo: {} },
        }),
        live('networking.k8s.io/v1beta1', 'Ingress', 'default/old', {
          spec: {
            rules: [
              { http: { paths: [{ backend: { serviceName: 'a', servicePort: 80 }, path: '/' }] } },
            ],
          },
        }),
        live('autoscaling/v2beta1', 'HorizontalPodAutoscaler', 'default/old', {
          spec: {
            maxReplicas: 3,
            scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'old' },
            metrics: [
              { type: 'Resource', resource: { name: 'cpu', targetAverageUtilization: 50 } },
              { type: 'Pods', pods: { metricName: 'rps', targetAverageValue: '10' } },
            ],
          },
        }),
        live('policy/v1beta1', 'PodDisruptionBudget', 'default/old', {
          spec: { minAvailable: 1, selector: { matchLabels: { app: 'a' } } },
        }),
        live('batch/v1beta1', 'CronJob', 'default/old', {
          spec: {
            schedule: '0 0 * * *',
            jobTemplate: { spec: { template: workload({ restartPolicy: 'Never' })['template']! } },
          },
        }),
        live('policy/v1beta1', 'PodSecurityPolicy', 'strict', { spec: {} }),
      ],
      [
        'created Deployment default/old',
        'created Ingress default/old',
        'created HorizontalPodAutoscaler default/old',
        'created PodDisruptionBudget default/old',
        'created CronJob default/old',
        'dropped PodSecurityPolicy strict: PodSecurityPolicies ended with Kubernetes 1.25: label Namespaces with pod-security.kubernetes.io/enforce instead',
        'changed Deployment default/old: apiVersion: extensions/v1beta1 is not served: read as apps/v1',
        'changed Ingress default/old: apiVersion: networking.k8s.io/v1beta1 is not served: read as networking.k8s.io/v1',
        'changed HorizontalPodAutoscaler default/old: apiVersion: autoscaling/v2beta1 is not served: read as autoscaling/v2',
        'changed PodDisruptionBudget default/old: apiVersion: policy/v1beta1 is not served: read as policy/v1',
        'changed CronJob default/old: apiVersion: batch/v1beta1 is not served: read as batch/v1',
      ],
    ],
    [
      'Pods are not kept from running by what only the other cluster has',
      [
        live('apps/v1', 'Deployment', 'default/web', {
          spec: workload({
            nodeSelector: {
              'cloud.google.com/gke-nodepool': 'big',
              'kubernetes.io/os': 'linux',
            },
            priorityClassName: 'urgent',
            runtimeClassName: 'gvisor',
          }),
        }),
        live('apps/v1', 'DaemonSet', 'default/agent', {
          spec: workload({ nodeSelector: { 'cloud.google.com/gke-nodepool': 'big' } }),
        }),
        live('v1', 'PersistentVolumeClaim', 'default/disk', {
          metadata: {
            annotations: {
              'volume.kubernetes.io/selected-node': 'gke-1',
              'volume.kubernetes.io/storage-provisioner': 'pd.csi.storage.gke.io',
            },
            finalizers: ['kubernetes.io/pvc-protection'],
          },
          spec: {
            accessModes: ['ReadWriteOnce'],
            resources: { requests: { storage: '1Gi' } },
            storageClassName: 'standard-rwo',
            volumeName: 'pvc-1234',
          },
        }),
      ],
      [
        'created PersistentVolumeClaim default/disk',
        'created Deployment default/web',
        'created DaemonSet default/agent',
        'changed PersistentVolumeClaim default/disk: spec.storageClassName: "standard-rwo" provides no volumes here: "standard" does',
        'changed Deployment default/web: spec.template.spec.priorityClassName: left out: neither this cluster nor the list has a PriorityClass "urgent"',
        'changed Deployment default/web: spec.template.spec.runtimeClassName: left out: neither this cluster nor the list has a RuntimeClass "gvisor"',
        'changed Deployment default/web: spec.template.spec.nodeSelector: left out cloud.google.com/gke-nodepool=big: no node of this cluster has the label',
      ],
    ],
    [
      'addresses that are not to be had here are chosen anew',
      [
        live('v1', 'Service', 'default/first', {
          spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 31_000 }] },
        }),
        live('v1', 'Service', 'default/second', {
          spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 31_000 }] },
        }),
        live('v1', 'Service', 'default/low', {
          spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 8080 }] },
        }),
        live('v1', 'Service', 'default/asked', {
          metadata: {
            annotations: {
              'kubectl.kubernetes.io/last-applied-configuration':
                '{"spec":{"clusterIP":"172.20.7.7"}}',
            },
          },
          spec: { clusterIP: '172.20.7.7', clusterIPs: ['172.20.7.7'], ports: [{ port: 80 }] },
        }),
        live('v1', 'Service', 'default/six', {
          metadata: { finalizers: ['service.k8s.aws/resources'] },
          spec: {
            clusterIP: 'fd00::7',
            clusterIPs: ['fd00::7'],
            ipFamilies: ['IPv6'],
            ipFamilyPolicy: 'SingleStack',
            loadBalancerClass: 'service.k8s.aws/nlb',
            ports: [{ port: 80 }],
            type: 'LoadBalancer',
          },
        }),
        live('v1', 'Service', 'default/none', {
          spec: { clusterIP: 'None', clusterIPs: ['None'], ports: [{ port: 80 }] },
        }),
      ],
      [
        'created Service default/first',
        'created Service default/six',
        'created Service default/none',
        'created Service default/second',
        'created Service default/low',
        'created Service default/asked',
        'changed Service default/six: metadata.finalizers: left out service.k8s.aws/resources: whoever takes it away is not here',
        'changed Service default/six: spec.loadBalancerClass: left out: nothing here serves load balancers of that class',
        'changed Service default/six: spec.ipFamilies: left out: the addresses of this cluster are IPv4',
        'changed Service default/second: spec.ports[0].nodePort: this cluster chooses another: Invalid value: 31000: provided port is already allocated',
        'changed Service default/low: spec.ports[0].nodePort: this cluster chooses another: Invalid value: 8080: provided port is not in the valid range. The range of valid ports is 30000-32767',
        'changed Service default/asked: spec.clusterIPs: this cluster chooses another: Invalid value: ["172.20.7.7"]: failed to allocate IP 172.20.7.7: the provided network does not match the current range',
      ],
    ],
    [
      'one that is refused does not keep the others from it',
      [
        live('apps/v1', 'Deployment', 'default/BAD', { spec: workload() }),
        live('cert-manager.io/v1', 'Certificate', 'default/tls', { spec: {} }),
        live('v1', 'ConfigMap', 'default/labels', { metadata: { labels: { a: 1 } } }),
        live('v1', 'Service', 'default/list', { spec: [] as never }),
        live('v1', 'Pod', 'default/containers', { spec: { containers: 'many', volumes: 7 } }),
        { kind: 'Service' },
        live('v1', 'ConfigMap', 'default/good', { data: { a: 'b' }, futureField: 1 }),
        live('v1', 'ConfigMap', 'default/good', { data: { a: 'b' } }),
      ],
      [
        'created ConfigMap default/good',
        'dropped ConfigMap default/good: the list has it more than once',
        'changed ConfigMap default/good: futureField: left out: this version of the kind has no such field',
        expect.stringContaining(
          'failed Certificate default/tls: no matches for kind "Certificate"',
        ),
        'failed ConfigMap default/labels: metadata.labels is not what it is in Kubernetes',
        'failed Service : an object begins with apiVersion, kind and metadata',
        expect.stringContaining('failed Service default/list: '),
        expect.stringContaining('failed Deployment default/BAD: Deployment.apps "BAD" is invalid'),
        expect.stringContaining('failed Pod default/containers: '),
      ],
    ],
  ])('%s', (_name, items, expected) => {
    expect(imported(...items)).toEqual(expected)
  })

  test('custom objects come after what defines them, wherever it stands', () => {
    const definition = live('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'ducks.x.io', {
      spec: {
        group: 'x.io',
        names: { kind: 'Duck', listKind: 'DuckList', plural: 'ducks', singular: 'duck' },
        scope: 'Namespaced',
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object' } },
          },
        ],
      },
    })
    const pond = live('apps/v1', 'StatefulSet', 'farm/pond', {
      metadata: ownedBy('x.io/v1', 'Duck', 'donald'),
      spec: { ...workload(), serviceName: 'pond' },
    })
    expect(imported(pond, live('x.io/v1', 'Duck', 'farm/donald'), definition)).toEqual([
      'created CustomResourceDefinition ducks.x.io',
      'created Namespace farm',
      'created StatefulSet farm/pond',
      'created Duck farm/donald',
      'changed StatefulSet farm/pond: metadata.ownerReferences: left out: Duck "donald" does not make it here',
    ])
  })

  test('reads the other documents when one cannot be read', () => {
    const text = `${JSON.stringify(live('v1', 'ConfigMap', 'default/a'))}\n---\na: [\n---\njust text\n`
    const report = importInto(new RawApi(), `# two\n${text}`)
    expect(linesOf(report)[0]).toBe('created ConfigMap default/a')
    expect(report.failed.map(({ document }) => document)).toEqual([2, 3])
  })
})

describe('beginWith()', () => {
  const user = { username: 'kubernetes-admin', groups: ['system:masters'] }
  const kindOf = (text: string) => Object.keys(beginWith(new RawApi().cluster, user, text))

  test.each([
    ['plain manifests', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n', 'applied'],
    [
      'what kubectl create --dry-run=client prints',
      'apiVersion: v1\nkind: Service\nmetadata: {creationTimestamp: null, name: a}\nspec: {}\nstatus: {loadBalancer: {}}\n',
      'applied',
    ],
    ['a List that somebody wrote', listText({ apiVersion: 'v1', kind: 'ConfigMap' }), 'applied'],
    ['an empty list', listText(), 'applied'],
    ['no YAML', 'a: [', 'applied'],
    ['one object of a server among plain ones', MINIKUBE, 'imported'],
    ['a single object', JSON.stringify(live('v1', 'ConfigMap', 'default/a')), 'imported'],
  ])('%s', (_name, text, expected) => {
    expect(kindOf(text)).toEqual([expected])
    expect(isDump(readEvery(text))).toBe(expected === 'imported')
  })
})
