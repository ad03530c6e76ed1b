import type { Manifest, Script, ScriptedCluster } from '../scripted-cluster.ts'
import {
  container,
  HOUR,
  look,
  machine,
  MINUTE,
  pod,
  podsOf,
  SECOND,
  service,
  setImage,
  shell,
  template,
  workload,
} from './builders.ts'

// Scripts that make things in another order than that of their names, so that whatever goes by the order in which it learned of
// them goes wrong once a cluster was made again.

const budget = (name: string, app: string): Manifest => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name },
  spec: { minAvailable: 1, selector: { matchLabels: { app } } },
})

const configMap = (name: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { KEY: 'value' },
})

const evict = (cluster: ScriptedCluster, name: string): void => {
  cluster.request('POST', `/api/v1/namespaces/default/pods/${name}/eviction`, {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name, namespace: 'default' },
  })
}

export const manyWatchers: Script = (cluster) => {
  const waiting = (name: string): Manifest =>
    pod(name, '', {
      containers: [container('nginx:1.29', { envFrom: [{ configMapRef: { name: 'late' } }] })],
    })
  cluster.create(budget('z', 'web'))
  cluster.create(service('z', 'web'))
  for (const name of ['y', 'm', 'b']) cluster.create(waiting(name))
  cluster.create(workload('Deployment', 'web', 'nginx:1.29', { replicas: 3 }))
  cluster.advance(3 * SECOND)
  cluster.create(service('a', 'web', { type: 'NodePort' }))
  cluster.create(service('k', 'web', { clusterIP: 'None', publishNotReadyAddresses: true }))
  cluster.create(waiting('a'))
  cluster.advance(20 * SECOND)
  cluster.create(configMap('late'))
  cluster.advance(MINUTE)
  for (const { metadata } of podsOf(cluster).slice(-3)) evict(cluster, metadata.name!)
  cluster.create(budget('a', 'web'))
  cluster.advance(300)
  evict(cluster, podsOf(cluster).at(-1)!.metadata.name!)
  cluster.advance(MINUTE)
  look(cluster)
  cluster.get('/api/v1/namespaces/default/endpoints')
  cluster.delete(service('a', ''))
  cluster.merge(service('z', ''), { spec: { selector: null } })
  cluster.advance(SECOND)
  cluster.patch(workload('Deployment', 'web', ''), setImage('nginx:1.28'))
  cluster.advance(MINUTE)
  cluster.merge(service('z', ''), { spec: { selector: { app: 'web' } } })
  cluster.merge(service('k', ''), { metadata: { labels: { tier: 'front' } } })
  cluster.advance(MINUTE)
  cluster.get('/api/v1/namespaces/default/endpoints')
  look(cluster)
}

const port = (name: string, containerPort: number) => ({ name, containerPort })

export const manyEndpoints: Script = (cluster) => {
  const deployment = (name: string, replicas: number, ports: readonly object[]): Manifest =>
    workload('Deployment', name, '', {
      replicas,
      selector: { matchLabels: { app: 'web', part: name } },
      template: {
        metadata: { labels: { app: 'web', part: name } },
        spec: { containers: [container('nginx:1.29', { ports })] },
      },
    })
  cluster.create(
    service('web', 'web', {
      ports: [
        { name: 'http', port: 80, targetPort: 'http' },
        { name: 'metrics', port: 90, targetPort: 'metrics' },
      ],
    }),
  )
  cluster.create(deployment('z', 130, [port('http', 80)]))
  cluster.advance(SECOND)
  cluster.create(deployment('a', 60, [port('http', 8080), port('metrics', 9090)]))
  cluster.create(deployment('m', 5, [port('other', 1)]))
  cluster.advance(SECOND)
  for (const { metadata } of podsOf(cluster)
    .filter((_, index) => index % 7 === 0)
    .reverse())
    cluster.delete(pod(metadata.name!, ''), { gracePeriodSeconds: 0 })
  cluster.merge(deployment('z', 0, []), { spec: { replicas: 40 } })
  cluster.merge(deployment('a', 0, []), { spec: { replicas: 120 } })
  cluster.advance(SECOND)
  cluster.merge(
    { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-2' } },
    { metadata: { labels: { 'topology.kubernetes.io/zone': 'z' } } },
  )
  cluster.advance(SECOND)
  cluster.merge(deployment('z', 0, []), { spec: { replicas: 0 } })
  cluster.merge(deployment('m', 0, []), { spec: { replicas: 0 } })
  cluster.get('/apis/discovery.k8s.io/v1/endpointslices')
  cluster.get('/api/v1/namespaces/default/endpoints')
  const slices = cluster.list('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices')
  const slice = slices.find(({ metadata }) => metadata.name !== 'kubernetes')!
  cluster.request(
    'DELETE',
    `/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/${slice.metadata.name}`,
  )
  cluster.advance(SECOND)
  cluster.get('/apis/discovery.k8s.io/v1/endpointslices')
}

const priorityClass = (name: string, value: number): Manifest => ({
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name },
  value,
})

const hungry = (
  name: string,
  cpu: string,
  priorityClassName: string,
  more: object = {},
): Manifest =>
  pod(name, '', {
    priorityClassName,
    containers: [container('nginx:1.29', { resources: { requests: { cpu } } })],
    ...more,
  })

export const crowded: Script = (cluster) => {
  cluster.create(priorityClass('low', 10))
  cluster.create(priorityClass('high', 1000))
  cluster.create(budget('p', 'y-low'))
  for (const name of ['z-low', 'y-low', 'c-low', 'b-low', 'a-low'])
    cluster.create(hungry(name, '900m', 'low'))
  cluster.advance(5 * SECOND)
  for (const name of ['z-wait', 'a-wait', 'm-wait']) cluster.create(hungry(name, '1500m', 'low'))
  cluster.create(hungry('z-high', '1500m', 'high'))
  cluster.advance(200)
  cluster.create(hungry('a-high', '1200m', 'high'))
  cluster.advance(MINUTE)
  look(cluster)
  cluster.delete(pod('z-high', ''))
  cluster.advance(2 * MINUTE)
  cluster.merge(
    { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-3' } },
    { spec: { unschedulable: true } },
  )
  cluster.create(pod('gated', 'nginx:1.29', { schedulingGates: [{ name: 'example.com/gate' }] }))
  cluster.create(
    workload('Deployment', 'spread', 'nginx:1.29', {
      replicas: 7,
      template: template('spread', {
        containers: [container('nginx:1.29')],
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: 'kubernetes.io/hostname',
            whenUnsatisfiable: 'DoNotSchedule',
            labelSelector: { matchLabels: { app: 'spread' } },
          },
        ],
        affinity: {
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              {
                weight: 5,
                podAffinityTerm: {
                  topologyKey: 'kubernetes.io/hostname',
                  labelSelector: { matchLabels: { app: 'c-low' } },
                },
              },
            ],
          },
        },
      }),
    }),
  )
  cluster.advance(MINUTE)
  cluster.merge(
    { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-3' } },
    { spec: { unschedulable: null } },
  )
  cluster.merge(pod('gated', ''), { spec: { schedulingGates: [] } })
  cluster.advance(MINUTE)
  look(cluster)
}

export const endOfNamespace: Script = (cluster) => {
  const shop: Manifest = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }
  const within = (manifest: Manifest): Manifest => ({
    ...manifest,
    metadata: { ...manifest.metadata, namespace: 'shop' },
  })
  cluster.create(shop)
  cluster.create(within(service('lb', 'web', { type: 'LoadBalancer' })))
  cluster.create(within(workload('Deployment', 'web', 'nginx:1.29', { replicas: 4 })))
  cluster.create(within(workload('StatefulSet', 'db', 'redis:8', { serviceName: 'db' })))
  cluster.create(within(workload('DaemonSet', 'agent', 'nginx:1.29')))
  cluster.create(within(budget('p', 'web')))
  cluster.create(
    within({
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'tick' },
      spec: {
        schedule: '* * * * *',
        jobTemplate: {
          spec: {
            template: { spec: { restartPolicy: 'Never', containers: [shell('sleep 100')] } },
          },
        },
      },
    }),
  )
  cluster.advance(130 * SECOND)
  cluster.delete(shop)
  cluster.advance(100)
  cluster.table('/api/v1/namespaces/shop/pods')
  cluster.advance(5 * MINUTE)
  cluster.get('/api/v1/namespaces')
  cluster.create(shop)
  cluster.create(within(service('lb', 'web', { type: 'LoadBalancer' })))
  cluster.advance(MINUTE)
  cluster.get('/api/v1/namespaces/shop/services')
}

const node = (name: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'kubernetes.io/hostname': name } },
})

export const changingNodes: Script = (cluster) => {
  const agent = workload('DaemonSet', 'agent', 'nginx:1.29', { minReadySeconds: 2 })
  const controller: Manifest = {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: { name: 'old' },
    spec: {
      replicas: 4,
      selector: { app: 'old' },
      template: template('old', { containers: [container('nginx:1.29')] }),
    },
  }
  cluster.create(agent)
  cluster.create(controller)
  cluster.create(service('old', 'old'))
  cluster.advance(10 * SECOND)
  cluster.create(node('node-9'))
  cluster.create(machine('node-4'))
  cluster.advance(10 * SECOND)
  cluster.patch(node('node-1'), {
    spec: { taints: [{ key: 'work', value: 'yes', effect: 'NoExecute' }] },
  })
  cluster.advance(10 * SECOND)
  cluster.patch(agent, setImage('nginx:1.28'))
  cluster.advance(2 * SECOND)
  cluster.delete(node('node-2'))
  cluster.advance(MINUTE)
  look(cluster)
  cluster.delete(machine('node-3'))
  cluster.merge(node('node-1'), { spec: { taints: null } })
  cluster.advance(10 * MINUTE)
  look(cluster)
  cluster.delete(node('node-9'))
  cluster.merge(controller, { spec: { replicas: 1 } })
  cluster.advance(10 * MINUTE)
  look(cluster)
}

export const refusals: Script = (cluster) => {
  const dry = (manifest: Manifest): void => {
    cluster.request('POST', '/api/v1/namespaces/default/services', manifest, {
      query: [['dryRun', 'All']],
    })
  }
  cluster.create(service('one', 'web', { type: 'NodePort' }))
  dry(service('two', 'web', { type: 'NodePort' }))
  cluster.create(service('bad name', 'web', { type: 'NodePort' }))
  cluster.create(service('one', 'web', { type: 'NodePort', ports: [{ port: 1, nodePort: 30001 }] }))
  cluster.create(service('two', 'web', { type: 'NodePort', ports: [{ port: 1, nodePort: 30001 }] }))
  cluster.create(
    service('three', 'web', { type: 'NodePort', ports: [{ port: 1, nodePort: 30001 }] }),
  )
  cluster.create(service('four', 'web', { clusterIP: '10.96.0.77' }))
  cluster.create(service('five', 'web', { clusterIP: '10.96.0.77' }))
  cluster.merge(service('two', ''), {
    spec: { ports: [{ port: 2, nodePort: 30002 }, { port: 2 }] },
  })
  cluster.merge(service('two', ''), { spec: { type: 'ClusterIP', ports: [{ port: 3 }] } })
  cluster.create(
    service('three', 'web', { type: 'NodePort', ports: [{ port: 1, nodePort: 30001 }] }),
  )
  cluster.create({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name: 'more' },
    spec: { cidrs: ['10.100.0.0/28'] },
  })
  cluster.create(service('six', 'web', { clusterIP: '10.100.0.5' }))
  cluster.delete({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name: 'more' },
  })
  cluster.advance(MINUTE)
  cluster.delete(service('six', ''))
  cluster.advance(MINUTE)
  cluster.get('/apis/networking.k8s.io/v1/servicecidrs')
  cluster.get('/apis/networking.k8s.io/v1/ipaddresses')
  cluster.request('POST', '/api/v1/namespaces/default/configmaps', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { generateName: 'made-', labels: { 2: 'b', 1: 'a', __proto__: 'x' } },
    data: { 2: 'b', 1: 'a', constructor: 'c' },
  })
  cluster.get('/api/v1/namespaces/default/configmaps')
  cluster.create({
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'four' },
    subsets: [{ addresses: [{ ip: '192.0.2.9' }, { ip: '192.0.2.1' }], ports: [{ port: 80 }] }],
  })
  cluster.create({
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'outside' },
    subsets: [
      { addresses: [{ ip: '192.0.2.9' }, { ip: '192.0.2.1' }], ports: [{ port: 80 }] },
      { addresses: [{ ip: '192.0.2.4' }], ports: [{ port: 81 }] },
    ],
  })
  cluster.create({ ...service('outside', ''), spec: { ports: [{ port: 80 }] } })
  cluster.advance(MINUTE)
  cluster.get('/apis/discovery.k8s.io/v1/endpointslices')
}

export const carefulRollouts: Script = (cluster) => {
  const web = workload('Deployment', 'web', 'nginx:1.29', {
    replicas: 10,
    minReadySeconds: 3,
    revisionHistoryLimit: 1,
    strategy: { rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } },
  })
  const db = workload('StatefulSet', 'db', 'redis:8', {
    serviceName: 'db',
    replicas: 4,
    minReadySeconds: 2,
    podManagementPolicy: 'Parallel',
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } },
  })
  cluster.create(web)
  cluster.create(db)
  cluster.advance(20 * SECOND)
  cluster.patch(web, setImage('nginx:1.28'))
  cluster.patch(db, setImage('redis:7'))
  cluster.advance(1500)
  cluster.merge(web, { spec: { paused: true } })
  cluster.advance(SECOND)
  cluster.merge(web, { spec: { replicas: 17 } })
  cluster.advance(10 * SECOND)
  cluster.merge(web, { spec: { paused: false } })
  cluster.merge(db, { spec: { updateStrategy: { rollingUpdate: { partition: 0 } } } })
  cluster.advance(SECOND)
  cluster.patch(web, setImage('nginx:1.27'))
  cluster.advance(MINUTE)
  cluster.patch(web, { spec: { strategy: { $patch: 'replace', type: 'Recreate' } } })
  cluster.patch(web, setImage('nginx:1.26'))
  cluster.advance(HOUR)
  look(cluster)
  cluster.get('/apis/apps/v1/namespaces/default/replicasets')
  cluster.get('/apis/apps/v1/namespaces/default/controllerrevisions')
}
