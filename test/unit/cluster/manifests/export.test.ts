import type { UserInfo } from '#api/strategy.ts'
import type { JsonObject } from '#apimachinery/object.ts'
import { applyManifests } from '#manifests/apply.ts'
import { exportObjects } from '#manifests/export.ts'
import { readManifests } from '#manifests/read.ts'
import { describe, expect, test } from 'vitest'
import { RawApi } from '../../../support/raw-api.ts'

const ADMINISTRATOR: UserInfo = {
  username: 'kubernetes-admin',
  groups: ['system:masters', 'system:authenticated'],
}

// As somebody would write it, one object of everything that has something of the server's in it.
const RICH = `
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: a}}
---
apiVersion: v1
kind: LimitRange
metadata: {name: limits, namespace: shop}
spec: {limits: [{type: Container, max: {cpu: "4"}, default: {cpu: 50m}}]}
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: high}
value: 1000
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: robot, namespace: shop}
---
apiVersion: v1
kind: Secret
metadata: {name: password, namespace: shop}
stringData: {a: b}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop, annotations: {note: mine}}
data: {"10": ten, "2": two}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: disk, namespace: shop}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Service
metadata: {name: open, namespace: shop}
spec: {type: NodePort, selector: {app: web}, ports: [{port: 80, nodePort: 30080}]}
---
apiVersion: v1
kind: Service
metadata: {name: fixed, namespace: shop}
spec: {clusterIP: 10.96.7.7, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: headless, namespace: shop}
spec: {clusterIP: None, selector: {app: db}, ports: [{port: 5432}]}
---
apiVersion: v1
kind: Service
metadata: {name: outside, namespace: shop}
spec: {type: ExternalName, externalName: example.com}
---
apiVersion: v1
kind: Endpoints
metadata: {name: fixed, namespace: shop}
subsets: [{addresses: [{ip: 192.0.2.7}], ports: [{port: 80}]}]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: fixed-by-hand, namespace: shop, labels: {kubernetes.io/service-name: fixed}}
addressType: IPv4
endpoints: [{addresses: [192.0.2.8]}]
ports: [{name: "", port: 80}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {priorityClassName: high, containers: [{name: c, image: nginx}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  serviceName: headless
  replicas: 1
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: c, image: nginx}]}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: shop}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: c, image: nginx}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once, namespace: shop, labels: {mine: "yes"}}
spec:
  template:
    metadata: {labels: {step: one}}
    spec: {restartPolicy: Never, containers: [{name: c, image: busybox}]}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: daily, namespace: shop}
spec:
  schedule: "0 0 * * *"
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox}]}}}}
---
apiVersion: v1
kind: Pod
metadata: {name: lone, namespace: shop}
spec:
  priorityClassName: high
  initContainers: [{name: i, image: busybox}]
  containers: [{name: c, image: nginx, volumeMounts: [{name: v, mountPath: /v}]}]
  volumes: [{name: v, emptyDir: {}}]
---
apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: shop}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, maxReplicas: 4, targetCPUUtilizationPercentage: 50}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web, namespace: shop}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: shop}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: robot, namespace: shop}]
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: quota, namespace: shop}
spec: {hard: {pods: "20"}}
`

const apply = (api: RawApi, text: string): readonly string[] => {
  const { results, error } = applyManifests(api.cluster, ADMINISTRATOR, text)
  expect(error).toBeUndefined()
  return results.map(({ object, result }) => `${object} ${result}`)
}

const exported = (api: RawApi): string => exportObjects(api.cluster, 'yaml', true)

const find = (text: string, kind: string, name: string): JsonObject =>
  readManifests(text)
    .map(({ object }) => object)
    .find((object) => object['kind'] === kind && metadataOf(object)['name'] === name)!

const metadataOf = (object: JsonObject) => object['metadata'] as JsonObject
const specOf = (object: JsonObject) => object['spec'] as JsonObject

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io'

/** What kubectl get prints, without what is drawn by chance. */
const tables = (api: RawApi): readonly string[] =>
  [
    '/api/v1/namespaces/shop/pods',
    '/api/v1/namespaces/shop/services',
    '/api/v1/namespaces/shop/endpoints',
    '/api/v1/namespaces/shop/resourcequotas',
    '/apis/apps/v1/namespaces/shop/deployments',
    '/apis/apps/v1/namespaces/shop/statefulsets',
    '/apis/apps/v1/namespaces/shop/daemonsets',
    '/apis/batch/v1/namespaces/shop/jobs',
    '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers',
    '/apis/policy/v1/namespaces/shop/poddisruptionbudgets',
    '/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices',
  ].flatMap((path) => {
    const rows = api.send('GET', path, '', { accept: TABLE }).body['rows'] as readonly {
      readonly cells: readonly unknown[]
    }[]
    const lines = rows.map(({ cells }) =>
      `${path.split('/').at(-1)!} ${cells.join(' ')}`
        .replaceAll(/-[0-9a-f]{7,10}-[a-z0-9]{5}/g, '-POD')
        .replaceAll(/-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '-X')
        .replaceAll(/10\.\d+\.\d+\.\d+/g, 'IP')
        .replaceAll(/node-\d/g, 'NODE')
        .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID'),
    )
    return lines.toSorted()
  })

describe('exportObjects()', () => {
  test.each(['bare', 'default'] as const)('has nothing of a new cluster: %s', (template) => {
    expect(exported(new RawApi({ template }))).toBe('')
  })

  test('makes the same cluster again', () => {
    const first = new RawApi()
    apply(first, RICH)
    const second = new RawApi()
    const results = apply(second, exported(first))
    expect(results.filter((result) => !result.endsWith(' created'))).toEqual([])
    expect(results).toHaveLength(readManifests(RICH).length)
    expect(tables(second)).toEqual(tables(first))
    expect(exported(second)).toBe(exported(first))
    expect(apply(second, exported(first)).filter((line) => !line.endsWith('unchanged'))).toEqual([])
  })

  test('keeps of addresses what somebody asked for', () => {
    const api = new RawApi()
    apply(api, RICH)
    const service = (name: string) => Object.keys(specOf(find(exported(api), 'Service', name)))
    expect(service('web')).not.toContain('clusterIP')
    expect(service('web')).not.toContain('ipFamilies')
    expect(specOf(find(exported(api), 'Service', 'fixed'))['clusterIP']).toBe('10.96.7.7')
    expect(specOf(find(exported(api), 'Service', 'headless'))['clusterIP']).toBe('None')
    expect(specOf(find(exported(api), 'Service', 'open'))['ports']).toMatchObject([
      { nodePort: 30_080 },
    ])
  })

  test('leaves out what a Job is selected by', () => {
    const api = new RawApi()
    apply(api, RICH)
    const job = find(exported(api), 'Job', 'once')
    expect(metadataOf(job)['labels']).toEqual({ mine: 'yes' })
    expect(Object.keys(specOf(job))).not.toContain('selector')
    expect(specOf(job)['template']).toMatchObject({ metadata: { labels: { step: 'one' } } })
    expect(JSON.stringify(job)).not.toContain('uid')
  })

  test('leaves out what is being deleted, and what is in a Namespace that is', () => {
    const api = new RawApi()
    apply(api, RICH)
    const held = { metadata: { name: 'held', finalizers: ['example.com/hold'] } }
    api.send('POST', '/api/v1/namespaces/default/configmaps', held)
    expect(exported(api)).toContain('name: held')
    api.send('DELETE', '/api/v1/namespaces/default/configmaps/held')
    expect(exported(api)).not.toContain('name: held')
    api.send('POST', '/api/v1/namespaces/shop/configmaps', held)
    api.send('DELETE', '/api/v1/namespaces/shop')
    expect(api.send('GET', '/api/v1/namespaces/shop').status).toBe(200)
    expect(exported(api)).not.toContain('namespace: shop')
  })

  test('has what belongs to something that makes nothing again, without the owner', () => {
    const api = new RawApi()
    const path = '/api/v1/namespaces/default/configmaps'
    const owner = api.send('POST', path, { metadata: { name: 'owner' } })
    const { uid } = metadataOf(owner.body)
    const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid, controller: true }
    api.send('POST', path, { metadata: { name: 'owned', ownerReferences: [reference] } })
    expect(metadataOf(find(exported(api), 'ConfigMap', 'owned'))).toEqual({
      name: 'owned',
      namespace: 'default',
    })
  })

  test('shows Secrets only to those who may see them', () => {
    const api = new RawApi()
    apply(api, RICH)
    expect(exportObjects(api.cluster, 'yaml', false)).not.toContain('kind: Secret')
    expect(exported(api)).toContain('kind: Secret')
  })

  test('binds volumes anew', () => {
    const api = new RawApi()
    apply(api, RICH)
    const volume = (name: string, annotations: object) => ({
      metadata: { name, annotations },
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        hostPath: { path: '/v' },
        claimRef: { kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'disk', uid: 'u' },
      },
    })
    const path = '/api/v1/persistentvolumes'
    api.send('POST', path, volume('meant', {}))
    api.send('POST', path, volume('found', { 'pv.kubernetes.io/bound-by-controller': 'yes' }))
    api.send('POST', path, volume('made', { 'pv.kubernetes.io/provisioned-by': 'p' }))
    const text = exported(api)
    expect(specOf(find(text, 'PersistentVolume', 'meant'))['claimRef']).toEqual({
      kind: 'PersistentVolumeClaim',
      namespace: 'shop',
      name: 'disk',
    })
    expect(Object.keys(specOf(find(text, 'PersistentVolume', 'found')))).not.toContain('claimRef')
    expect(text).not.toContain('name: made')
  })
})
