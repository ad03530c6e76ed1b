import { Random } from '#environment.ts'
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

const NAMES = ['web', 'api', 'zed', 'db', 'b', 'mid'] as const
const NODES = ['node-1', 'node-2', 'node-3'] as const
const IMAGES = ['nginx:1.29', 'nginx:1.28', 'redis:8', 'nginx:none', 'httpd:2.4'] as const
const WAITS = [1, 7, 130, 400, 800, SECOND, 3 * SECOND, 20 * SECOND, MINUTE, 7 * MINUTE, HOUR]

type Pick = <T>(choices: readonly T[]) => T
type Act = (cluster: ScriptedCluster, pick: Pick) => void

const node = (name: string): Manifest => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } })

const quota = (pods: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'quota' },
  spec: { hard: { pods, 'count/services': '4' } },
})

const settings: Manifest = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings' },
  data: { MODE: 'on' },
}

const job = (name: string, script: string, parallelism: number): Manifest => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name },
  spec: {
    parallelism,
    completions: 3,
    backoffLimit: 2,
    template: { spec: { restartPolicy: 'Never', containers: [shell(script)] } },
  },
})

const spec = (pick: Pick, name: string): object => ({
  template: template(name, {
    terminationGracePeriodSeconds: pick([1, 5, 30]),
    ...(pick([true, false]) ? {} : { nodeSelector: { 'kubernetes.io/hostname': pick(NODES) } }),
    containers: [
      container(pick(IMAGES), {
        ...(pick([true, false]) ? {} : { envFrom: [{ configMapRef: { name: 'settings' } }] }),
        ...(pick([true, false]) ? {} : { resources: { requests: { cpu: pick(['100m', '1']) } } }),
        ...(pick([true, false])
          ? {}
          : { readinessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 3 } }),
      }),
    ],
  }),
})

const somePod: Act = (cluster, pick) => {
  const pods = podsOf(cluster)
  if (pods.length > 0)
    cluster.delete(
      pod(pick(pods).metadata.name!, ''),
      pick([undefined, undefined, { gracePeriodSeconds: 0 }]),
    )
}

const changeWorkload: Act = (cluster, pick) => {
  const kind = pick(['Deployment', 'Deployment', 'StatefulSet'] as const)
  const object = workload(kind, pick(NAMES), '')
  const change = pick(['image', 'scale', 'scale', 'delete', 'restart'])
  if (change === 'image') cluster.patch(object, setImage(pick(IMAGES)))
  else if (change === 'scale') cluster.merge(object, { spec: { replicas: pick([0, 1, 2, 5]) } })
  else if (change === 'restart')
    cluster.merge(object, {
      spec: { template: { metadata: { annotations: { at: String(pick([1, 2, 3])) } } } },
    })
  else cluster.delete(object, { propagationPolicy: pick(['Background', 'Foreground', 'Orphan']) })
}

const changeNode: Act = (cluster, pick) => {
  const name = pick(NODES)
  const taint = { key: 'k', effect: pick(['NoSchedule', 'NoExecute', 'PreferNoSchedule']) }
  const change = pick(['off', 'on', 'on', 'cut', 'join', 'join', 'cordon', 'free', 'taint'])
  if (change === 'off' || change === 'on')
    cluster.merge(machine(name), { spec: { power: change === 'on' ? 'On' : 'Off' } })
  else if (change === 'cut' || change === 'join')
    cluster.merge(machine(name), { spec: { network: change === 'cut' ? 'Cut' : 'Connected' } })
  else if (change === 'cordon') cluster.merge(node(name), { spec: { unschedulable: true } })
  else if (change === 'taint') cluster.merge(node(name), { spec: { taints: [taint] } })
  else cluster.merge(node(name), { spec: { unschedulable: null, taints: null } })
}

const changeService: Act = (cluster, pick) => {
  const object = service(pick(['z', 'a', 'k']), pick(NAMES))
  const change = pick(['create', 'create', 'type', 'selector', 'delete'])
  if (change === 'create')
    cluster.create({
      ...object,
      spec: {
        selector: { app: pick(NAMES) },
        type: pick(['ClusterIP', 'NodePort', 'LoadBalancer']),
        publishNotReadyAddresses: pick([true, false]),
        ports: [{ port: 80, targetPort: pick([80, 8080, 'http']) }],
      },
    })
  else if (change === 'delete') cluster.delete(object)
  else if (change === 'type')
    cluster.merge(object, { spec: { type: pick(['ClusterIP', 'NodePort', 'LoadBalancer']) } })
  else cluster.merge(object, { spec: { selector: pick([null, { app: pick(NAMES) }]) } })
}

const createWorkload: Act = (cluster, pick) => {
  const name = pick(NAMES)
  const kind = pick(['Deployment', 'Deployment', 'StatefulSet', 'DaemonSet'] as const)
  cluster.create(
    workload(kind, name, '', {
      ...spec(pick, name),
      ...(kind === 'DaemonSet' ? {} : { replicas: pick([1, 2, 4]) }),
      ...(kind === 'StatefulSet' ? { serviceName: name } : {}),
      minReadySeconds: pick([0, 0, 2]),
    }),
  )
}

const createPod: Act = (cluster, pick) => {
  const name = pick(NAMES)
  const script = pick(['sleep 3', 'sleep 2; exit 1', 'sleep 100000', "trap '' TERM; sleep 1000"])
  cluster.create(
    pod(name, '', {
      restartPolicy: pick(['Always', 'OnFailure', 'Never']),
      containers: [shell(script)],
    }),
  )
}

const limits: Act = (cluster, pick) => {
  const change = pick(['quota', 'more', 'none', 'settings', 'settings', 'forget'])
  if (change === 'quota') cluster.create(quota('3'))
  else if (change === 'more') cluster.merge(quota(''), { spec: { hard: { pods: '6' } } })
  else if (change === 'none') cluster.delete(quota(''))
  else if (change === 'settings') cluster.create(settings)
  else cluster.delete(settings)
}

const runJob: Act = (cluster, pick) => {
  const name = pick(['j', 'a'])
  if (pick([true, true, false]))
    cluster.create(job(name, pick(['sleep 2', 'exit 1', 'sleep 50']), pick([1, 2, 3])))
  else cluster.delete(job(name, '', 1), { propagationPolicy: 'Background' })
}

const protect: Act = (cluster, pick) => {
  const budget: Manifest = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: pick(['x', 'c']) },
    spec: { maxUnavailable: 1, selector: { matchLabels: { app: pick(NAMES) } } },
  }
  if (pick([true, false])) cluster.create(budget)
  else cluster.delete(budget)
}

const tick: Act = (cluster, pick) => {
  const cronJob: Manifest = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: pick(['tick', 'bell']) },
    spec: {
      schedule: pick(['*/40 * * * *', '0 * * * *']),
      concurrencyPolicy: pick(['Allow', 'Forbid', 'Replace']),
      jobTemplate: {
        spec: {
          ttlSecondsAfterFinished: 100,
          activeDeadlineSeconds: 200,
          template: {
            spec: { restartPolicy: 'OnFailure', containers: [shell(pick(['sleep 3', 'exit 1']))] },
          },
        },
      },
    },
  }
  const change = pick(['create', 'create', 'suspend', 'resume', 'delete'])
  if (change === 'create') cluster.create(cronJob)
  else if (change === 'delete') cluster.delete(cronJob, { propagationPolicy: 'Background' })
  else cluster.merge(cronJob, { spec: { suspend: change === 'suspend' } })
}

const hold: Act = (cluster, pick) => {
  const held = pod(pick(NAMES), '')
  if (pick([true, false])) cluster.merge(held, { metadata: { finalizers: ['example.com/hold'] } })
  else
    for (const { metadata } of podsOf(cluster))
      if (metadata.finalizers?.includes('example.com/hold') === true)
        cluster.merge(pod(metadata.name!, ''), { metadata: { finalizers: null } })
}

const evictSome: Act = (cluster, pick) => {
  const pods = podsOf(cluster)
  if (pods.length === 0) return
  const name = pick(pods).metadata.name!
  cluster.request('POST', `/api/v1/namespaces/default/pods/${name}/eviction`, {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name, namespace: 'default' },
  })
}

const loseNode: Act = (cluster, pick) => {
  const name = pick(NODES)
  if (pick([true, false])) cluster.delete(node(name))
  else cluster.create({ ...node(name), spec: { podCIDR: '10.244.7.0/24' } })
}

const pushAside: Act = (cluster, pick) => {
  cluster.create({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'urgent' },
    value: 1000,
  })
  const requests = { cpu: pick(['500m', '1500m', '1900m']) }
  cluster.create(
    pod(pick(['u1', 'u2', 'a1']), '', {
      ...pick([{}, { priorityClassName: 'urgent' }]),
      containers: [container('nginx:1.29', { resources: { requests } })],
    }),
  )
}

const elsewhere: Act = (cluster, pick) => {
  const namespace: Manifest = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } }
  const inside = (manifest: Manifest): Manifest => ({
    ...manifest,
    metadata: { ...manifest.metadata, namespace: 'other' },
  })
  const change = pick(['create', 'deployment', 'job', 'balancer', 'delete'])
  if (change === 'create') cluster.create(namespace)
  else if (change === 'delete') cluster.delete(namespace)
  else if (change === 'job') cluster.create(inside(job('j', 'sleep 20', 2)))
  else if (change === 'balancer')
    cluster.create(inside(service('lb', 'web', { type: 'LoadBalancer' })))
  else cluster.create(inside(workload('Deployment', 'web', pick(IMAGES))))
}

const ACTS: readonly Act[] = [
  somePod,
  changeWorkload,
  changeWorkload,
  changeNode,
  changeService,
  createWorkload,
  createWorkload,
  createPod,
  limits,
  runJob,
  protect,
  tick,
  hold,
  evictSome,
  loseNode,
  pushAside,
  elsewhere,
]

/** Whatever chance brings: most of it is allowed, some is refused. */
export const anything =
  (seed: number, steps: number): Script =>
  (cluster) => {
    const random = new Random(seed)
    const pick: Pick = (choices) => choices[random.below(choices.length)]!
    for (let step = 0; step < steps; step++) {
      pick(ACTS)(cluster, pick)
      if (pick([true, true, false])) cluster.advance(pick(WAITS))
      if (step % 20 === 19) look(cluster)
    }
    cluster.advance(HOUR)
    look(cluster)
  }
