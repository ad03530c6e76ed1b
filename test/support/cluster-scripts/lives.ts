import type { Manifest, Script } from '../scripted-cluster.ts'
import {
  container,
  firstPod,
  HOUR,
  look,
  machine,
  MINUTE,
  pod,
  SECOND,
  service,
  setImage,
  shell,
  template,
  workload,
} from './builders.ts'

const PODS = '/api/v1/namespaces/default/pods'

export const tutorial: Script = (cluster) => {
  for (const app of ['web', 'api', 'crawler'])
    cluster.create(workload('Deployment', `synergychat-${app}`, `bootdotdev/synergychat-${app}`))
  cluster.create(service('web-service', 'synergychat-web'))
  cluster.create(
    service('api-service', 'synergychat-api', {
      type: 'NodePort',
      ports: [{ protocol: 'TCP', port: 80, targetPort: 8080, nodePort: 30080 }],
    }),
  )
  cluster.advance(700)
  cluster.create(service('crawler-service', 'synergychat-crawler'))
  cluster.advance(10 * SECOND)
  look(cluster)
  cluster.delete(pod(firstPod(cluster), 'any'))
  cluster.advance(SECOND)
  look(cluster)
  cluster.advance(MINUTE)
  cluster.merge(service('web-service', ''), { spec: { type: 'LoadBalancer' } })
  cluster.advance(MINUTE)
  look(cluster)
}

export const rollout: Script = (cluster) => {
  const web = workload('Deployment', 'web', 'nginx:1.29', { progressDeadlineSeconds: 60 })
  cluster.create(web)
  cluster.advance(5 * SECOND)
  cluster.patch(web, setImage('nginx:1.28'))
  cluster.advance(300)
  cluster.advance(10 * SECOND)
  cluster.patch(web, setImage('nginx:no-such-version'))
  cluster.advance(90 * SECOND)
  look(cluster)
  cluster.table('/apis/apps/v1/namespaces/default/replicasets')
  cluster.patch(web, setImage('nginx:1.28'))
  cluster.advance(MINUTE)
  look(cluster)
  cluster.get('/apis/apps/v1/namespaces/default/deployments/web')
}

export const scaling: Script = (cluster) => {
  const web = workload('Deployment', 'web', 'nginx:1.29')
  cluster.create(web)
  cluster.create(service('web', 'web'))
  cluster.advance(2 * SECOND)
  cluster.merge(web, { spec: { replicas: 9 } }, '/scale')
  cluster.advance(900)
  cluster.merge(web, { spec: { replicas: 3 } }, '/scale')
  cluster.advance(200)
  cluster.merge(web, { spec: { replicas: 6 } })
  cluster.advance(MINUTE)
  cluster.merge(web, { spec: { replicas: 0 } }, '/scale')
  cluster.advance(MINUTE)
  look(cluster)
}

export const statefulSet: Script = (cluster) => {
  const db = workload('StatefulSet', 'db', 'nginx:1.29', {
    serviceName: 'db',
    replicas: 3,
    volumeClaimTemplates: [
      {
        metadata: { name: 'data' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
    ],
  })
  const plain = workload('StatefulSet', 'cache', 'redis:8', { serviceName: 'cache', replicas: 3 })
  cluster.create(service('cache', 'cache', { clusterIP: 'None' }))
  cluster.create(plain)
  cluster.create(db)
  cluster.advance(2 * SECOND)
  cluster.advance(10 * SECOND)
  cluster.delete(pod('cache-1', ''))
  cluster.advance(20 * SECOND)
  cluster.patch(plain, setImage('redis:7'))
  cluster.advance(3 * SECOND)
  cluster.merge(plain, { spec: { replicas: 1 } })
  cluster.advance(MINUTE)
  look(cluster)
  cluster.delete(plain, { propagationPolicy: 'Orphan' })
  cluster.advance(MINUTE)
  look(cluster)
}

export const jobs: Script = (cluster) => {
  const job = (name: string, script: string, more: object = {}): Manifest => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: {
      template: { spec: { restartPolicy: 'Never', containers: [shell(script)] } },
      ...more,
    },
  })
  cluster.create(job('count', 'echo 1; sleep 2; echo 2', { completions: 3, parallelism: 2 }))
  cluster.create(job('fail', 'sleep 1; exit 3', { backoffLimit: 2, ttlSecondsAfterFinished: 600 }))
  cluster.create(job('late', 'sleep 1000', { activeDeadlineSeconds: 30 }))
  cluster.advance(SECOND)
  cluster.advance(10 * SECOND)
  look(cluster)
  cluster.advance(5 * MINUTE)
  cluster.table('/apis/batch/v1/namespaces/default/jobs')
  const tick: Manifest = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'tick' },
    spec: {
      schedule: '*/20 * * * *',
      successfulJobsHistoryLimit: 2,
      jobTemplate: {
        spec: {
          template: { spec: { restartPolicy: 'OnFailure', containers: [shell('sleep 5')] } },
        },
      },
    },
  }
  cluster.create(tick)
  cluster.advance(2 * HOUR)
  cluster.table('/apis/batch/v1/namespaces/default/jobs')
  cluster.merge(tick, { spec: { suspend: true } })
  cluster.advance(HOUR)
  cluster.merge(tick, { spec: { suspend: false } })
  cluster.advance(25 * MINUTE)
  look(cluster)
  cluster.delete(tick)
  cluster.advance(MINUTE)
  look(cluster)
}

export const nodeFailure: Script = (cluster) => {
  cluster.create(workload('Deployment', 'web', 'nginx:1.29', { replicas: 5 }))
  cluster.create(
    workload('DaemonSet', 'agent', 'busybox:1.37', {
      template: template('agent', { containers: [shell('sleep 100000')] }),
    }),
  )
  cluster.create(service('web', 'web'))
  cluster.advance(10 * SECOND)
  cluster.merge(machine('node-2'), { spec: { power: 'Off' } })
  cluster.advance(20 * SECOND)
  look(cluster)
  cluster.advance(40 * SECOND)
  look(cluster)
  cluster.advance(6 * MINUTE)
  look(cluster)
  cluster.merge(machine('node-2'), { spec: { power: 'On' } })
  cluster.advance(5 * SECOND)
  look(cluster)
  cluster.advance(2 * MINUTE)
  cluster.merge(machine('node-3'), { spec: { network: 'Cut' } })
  cluster.advance(10 * MINUTE)
  cluster.merge(machine('node-3'), { spec: { network: 'Connected' } })
  cluster.advance(MINUTE)
  look(cluster)
}

export const namespaceDeletion: Script = (cluster) => {
  const shop: Manifest = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }
  const within = (manifest: Manifest): Manifest => ({
    ...manifest,
    metadata: { ...manifest.metadata, namespace: 'shop' },
  })
  cluster.create(shop)
  cluster.create(within(workload('Deployment', 'web', 'nginx:1.29')))
  cluster.create(within(service('web', 'web')))
  cluster.create({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'held', namespace: 'shop', finalizers: ['example.com/hold'] },
  })
  cluster.advance(5 * SECOND)
  cluster.delete(shop)
  cluster.create(within(service('late', 'web')))
  cluster.advance(SECOND)
  cluster.get('/api/v1/namespaces/shop')
  cluster.advance(2 * MINUTE)
  cluster.get('/api/v1/namespaces/shop')
  cluster.merge(
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'held', namespace: 'shop' } },
    { metadata: { finalizers: null } },
  )
  cluster.advance(MINUTE)
  cluster.get('/api/v1/namespaces')
}

export const deletion: Script = (cluster) => {
  const web = workload('Deployment', 'web', 'nginx:1.29')
  const api = workload('Deployment', 'api', 'nginx:1.29', {
    template: template('api', {
      containers: [container('nginx:1.29')],
      terminationGracePeriodSeconds: 5,
    }),
  })
  const held = pod('held', 'nginx:1.29')
  cluster.create(web)
  cluster.create(api)
  cluster.create({ ...held, metadata: { ...held.metadata, finalizers: ['example.com/hold'] } })
  cluster.create(pod('stubborn', '', { containers: [shell("trap '' TERM; sleep 100000")] }))
  cluster.advance(5 * SECOND)
  cluster.delete(web, { propagationPolicy: 'Foreground' })
  cluster.delete(api, { propagationPolicy: 'Orphan' })
  cluster.delete(held)
  cluster.delete(pod('stubborn', ''))
  cluster.advance(SECOND)
  look(cluster)
  cluster.advance(10 * SECOND)
  look(cluster)
  cluster.merge(held, { metadata: { finalizers: null } })
  cluster.advance(MINUTE)
  look(cluster)
  cluster.request('DELETE', PODS)
  cluster.advance(MINUTE)
  look(cluster)
}

export const quota: Script = (cluster) => {
  const limit: Manifest = {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'limit' },
    spec: { hard: { pods: '3', services: '1' } },
  }
  const web = workload('Deployment', 'web', 'nginx:1.29', { replicas: 6 })
  cluster.create(limit)
  cluster.create(web)
  cluster.create(service('one', 'web'))
  cluster.create(service('two', 'web'))
  cluster.advance(SECOND)
  cluster.advance(5 * MINUTE)
  look(cluster)
  cluster.get('/api/v1/namespaces/default/resourcequotas/limit')
  cluster.merge(limit, { spec: { hard: { pods: '5' } } })
  cluster.advance(20 * MINUTE)
  look(cluster)
  cluster.delete(limit)
  cluster.advance(HOUR)
  look(cluster)
}

export const backOffs: Script = (cluster) => {
  cluster.create(pod('crash', '', { containers: [shell('sleep 1; exit 1')] }))
  cluster.create(pod('typo', 'nginxx'))
  cluster.create(
    pod('unmounted', '', {
      containers: [container('nginx:1.29', { envFrom: [{ configMapRef: { name: 'missing' } }] })],
    }),
  )
  cluster.create(
    pod('big', '', {
      containers: [container('nginx:1.29', { resources: { requests: { cpu: '64' } } })],
    }),
  )
  cluster.create(
    pod('probed', '', {
      initContainers: [{ ...shell('sleep 3'), name: 'first' }],
      containers: [
        container('nginx:1.29', {
          readinessProbe: { httpGet: { path: '/', port: 80 }, initialDelaySeconds: 5 },
          livenessProbe: { httpGet: { path: '/none', port: 80 }, periodSeconds: 7 },
        }),
      ],
    }),
  )
  cluster.advance(SECOND)
  cluster.advance(15 * SECOND)
  look(cluster)
  cluster.advance(10 * MINUTE)
  look(cluster)
  cluster.create({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'missing' },
    data: { A: '1', constructor: 'x' },
  })
  cluster.patch(pod('typo', ''), { spec: { containers: [{ name: 'main', image: 'nginx' }] } })
  cluster.delete(pod('crash', ''))
  cluster.advance(10 * MINUTE)
  look(cluster)
}

export const loadBalancer: Script = (cluster) => {
  const shop = service('shop', 'shop', { type: 'LoadBalancer' })
  cluster.create(shop)
  cluster.create(workload('Deployment', 'shop', 'bootdotdev/synergychat-web'))
  cluster.advance(100)
  cluster.create(service('other', 'shop', { type: 'LoadBalancer', externalTrafficPolicy: 'Local' }))
  cluster.advance(10 * SECOND)
  cluster.get('/api/v1/namespaces/default/services')
  cluster.merge(shop, { spec: { type: 'NodePort' } })
  cluster.advance(10 * SECOND)
  cluster.merge(shop, { spec: { type: 'ExternalName', externalName: 'example.com' } })
  cluster.merge(shop, { spec: { type: 'ClusterIP', externalName: null } })
  cluster.create(service('third', 'shop', { type: 'LoadBalancer' }))
  cluster.delete(service('other', ''))
  cluster.advance(10 * SECOND)
  cluster.get('/api/v1/namespaces/default/services')
  look(cluster)
}

export const serverSideApply: Script = (cluster) => {
  const web = workload('Deployment', 'web', 'nginx:1.29')
  const owned = (replicas: number): Manifest => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { replicas },
  })
  cluster.apply(web, 'first')
  cluster.advance(5 * SECOND)
  cluster.apply(owned(4), 'second')
  cluster.apply(owned(4), 'second', true)
  cluster.advance(5 * SECOND)
  cluster.apply(web, 'first')
  cluster.apply(web, 'first', true)
  cluster.merge(web, { metadata: { labels: { tier: 'front', 10: 'ten', 9: 'nine' } } })
  cluster.apply({ ...owned(4), spec: {} }, 'second')
  cluster.advance(MINUTE)
  cluster.get('/apis/apps/v1/namespaces/default/deployments/web')
}
