import type { Script } from '../scripted-cluster.ts'
import { container, look, MINUTE, pod, SECOND, service, shell, workload } from './builders.ts'

const sh = (script: string) => ({ exec: { command: ['sh', '-c', script] } })
const data = [{ name: 'data', emptyDir: {} }]
const mounted = { volumeMounts: [{ name: 'data', mountPath: '/data' }] }

/** Hooks that write, wait, ask, fail and never end, in containers that live, are killed and are deleted meanwhile. */
export const hooks: Script = (cluster) => {
  const hooked = (name: string, lifecycle: object, spec: object = {}) =>
    pod(name, '', {
      containers: [container('nginx', { lifecycle, ...mounted })],
      volumes: data,
      ...spec,
    })
  cluster.create(hooked('page', { postStart: sh('date > /usr/share/nginx/html/index.html') }))
  cluster.create(
    hooked('slow', { postStart: sh('sleep 20; echo $RANDOM > /data/x'), preStop: sh('sleep 7') }),
  )
  cluster.create(
    hooked('waiting', {
      postStart: sh('until wget -q -T 2 -O /data/x http://web; do sleep 3; done'),
    }),
  )
  cluster.create(
    hooked('failing', { postStart: sh('echo no; exit 1'), preStop: { sleep: { seconds: 3 } } }),
  )
  cluster.create(hooked('hanging', { preStop: sh('sleep 1000') }))
  cluster.create(hooked('cut', { postStart: sh('sleep 1000') }))
  cluster.create(
    hooked('asking', {
      postStart: { httpGet: { port: 80, path: '/x' } },
      preStop: { httpGet: { host: '10.96.0.1', port: 443, scheme: 'HTTPS' } },
    }),
  )
  const sidecar = { ...shell('sleep 1000'), name: 'side', restartPolicy: 'Always' }
  const lifecycle = { postStart: sh('sleep 5'), preStop: sh('sleep 2') }
  cluster.create(
    pod('sidecars', 'nginx', {
      initContainers: [{ ...sidecar, lifecycle }],
      terminationGracePeriodSeconds: 9,
    }),
  )
  cluster.advance(30 * SECOND)
  look(cluster)
  cluster.create(workload('Deployment', 'web', 'nginx', { replicas: 2 }))
  cluster.create(service('web', 'web', { ports: [{ port: 80, targetPort: 80 }] }))
  cluster.advance(MINUTE)
  look(cluster)
  for (const name of ['slow', 'failing', 'hanging', 'cut', 'asking', 'sidecars'])
    cluster.request('DELETE', `/api/v1/namespaces/default/pods/${name}`, {})
  cluster.advance(4 * SECOND)
  look(cluster)
  cluster.request('DELETE', '/api/v1/namespaces/default/pods/hanging', { gracePeriodSeconds: 10 })
  cluster.advance(MINUTE)
  look(cluster)
}

/** Commands that look at files, at the network and at nothing, while both change. */
export const commandProbes: Script = (cluster) => {
  const often = { periodSeconds: 3, initialDelaySeconds: 2 }
  const probed = (name: string, script: string, probes: object) =>
    pod(name, '', { containers: [{ ...shell(script), ...mounted, ...probes }], volumes: data })
  const cat = { exec: { command: ['cat', '/tmp/healthy'] }, ...often }
  const classic = 'touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600'
  cluster.create(probed('classic', classic, { livenessProbe: cat }))
  cluster.create(probed('never', 'sleep 600', { startupProbe: { ...cat, failureThreshold: 5 } }))
  const asks = { exec: { command: ['wget', '-qO-', 'http://web'] }, ...often }
  cluster.create(
    probed('asking', 'sleep 6000', { readinessProbe: asks, livenessProbe: sh('true') }),
  )
  const slow = { ...sh('sleep 2; cat /data/x'), timeoutSeconds: 1 }
  const begun = { lifecycle: { postStart: sh('sleep 3; date > /data/x') } }
  cluster.create(
    probed('hooked', 'sleep 6000', {
      readinessProbe: slow,
      startupProbe: sh('test -e /data/x'),
      ...begun,
    }),
  )
  cluster.advance(45 * SECOND)
  look(cluster)
  cluster.create(workload('Deployment', 'web', 'nginx', { replicas: 1 }))
  cluster.create(service('web', 'web', { ports: [{ port: 80, targetPort: 80 }] }))
  cluster.advance(2 * MINUTE)
  look(cluster)
}

/** Pods that are bound by hand where there is no room for them. */
export const refusedPods: Script = (cluster) => {
  const bound = (name: string, spec: object) => pod(name, 'nginx', { nodeName: 'node-2', ...spec })
  const ports = {
    containers: [container('nginx', { ports: [{ containerPort: 80, hostPort: 80 }] })],
  }
  cluster.create(bound('first', ports))
  cluster.create(bound('second', ports))
  cluster.create(bound('unwanted', { nodeSelector: { disk: 'ssd' } }))
  const spec = {
    nodeName: 'node-3',
    nodeSelector: { disk: 'ssd' },
    containers: [container('nginx')],
  }
  const template = { metadata: { labels: { app: 'refused' } }, spec }
  cluster.create(workload('Deployment', 'refused', 'nginx', { replicas: 1, template }))
  cluster.advance(7 * SECOND)
  look(cluster)
  cluster.request('DELETE', '/api/v1/namespaces/default/pods/second', {})
  cluster.request('DELETE', '/apis/apps/v1/namespaces/default/deployments/refused', {})
  cluster.advance(7 * SECOND)
  look(cluster)
}

/** Pods that are given more, are refused it, wait for it, and are started again for it. */
export const resizedPods: Script = (cluster) => {
  const amounts = (cpu: string) => ({
    requests: { cpu, memory: '64Mi' },
    limits: { cpu, memory: '64Mi' },
  })
  const resizePolicy = [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }]
  const sized = (name: string, cpu: string, more: object = {}) =>
    pod(name, '', {
      containers: [container('nginx', { resources: amounts(cpu), ...more })],
      nodeName: 'node-2',
    })
  const resize = (name: string, cpu: string): void => {
    const body = { spec: { containers: [{ name: 'main', resources: amounts(cpu) }] } }
    const contentType = 'application/strategic-merge-patch+json'
    cluster.request('PATCH', `/api/v1/namespaces/default/pods/${name}/resize`, body, {
      contentType,
    })
    cluster.advance(3 * SECOND)
  }
  cluster.create(sized('plain', '100m'))
  cluster.create(
    sized('restarted', '100m', { resizePolicy, lifecycle: { preStop: { sleep: { seconds: 4 } } } }),
  )
  cluster.create(sized('big', '1'))
  cluster.advance(10 * SECOND)
  resize('plain', '150m')
  resize('restarted', '150m')
  resize('plain', '900')
  resize('plain', '1200m')
  look(cluster)
  cluster.request('DELETE', '/api/v1/namespaces/default/pods/big', {})
  cluster.advance(10 * SECOND)
  look(cluster)
}
