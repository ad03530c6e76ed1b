// The objects that Kubernetes' specs create again and again. kubernetes: test/e2e/framework, test/e2e/apps
export const AGNHOST = 'registry.k8s.io/e2e-test-images/agnhost:2.63.0'
export const HTTPD = 'registry.k8s.io/e2e-test-images/httpd:2.4.38-4'
export const NGINX = 'registry.k8s.io/e2e-test-images/nginx:1.15-4'
export const PAUSE = 'registry.k8s.io/pause:3.10.2'
export const BUSYBOX = 'registry.k8s.io/e2e-test-images/busybox:1.37.0-1'

type Labels = Readonly<Record<string, string>>

/** A Pod of one container. */
export const simplePod = (
  name: string,
  labels: Labels = {},
  image: string = AGNHOST,
  spec: object = {},
): object => ({
  metadata: { name, labels },
  spec: { containers: [{ name: 'c', image }], ...spec },
})

const template = (labels: Labels, container: string, image: string, more: object = {}): object => ({
  metadata: { labels },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [{ name: container, image, securityContext: {}, ...more }],
  },
})

export interface WorkloadParts {
  readonly name: string
  readonly replicas: number
  readonly labels: Labels
  readonly container?: string
  readonly image?: string
  readonly more?: object
  readonly spec?: object
  readonly metadata?: object
}

const parts = (given: WorkloadParts) => {
  const { labels, container = 'httpd', image = HTTPD, more = {} } = given
  return {
    metadata: { name: given.name, ...given.metadata },
    replicas: given.replicas,
    template: template(labels, container, image, more),
    selector: { matchLabels: labels },
  }
}

export const newDeployment = (given: WorkloadParts, strategy = 'RollingUpdate'): object => {
  const { metadata, ...spec } = parts(given)
  return {
    metadata: { labels: given.labels, ...metadata },
    spec: { strategy: { type: strategy }, ...spec, ...given.spec },
  }
}

export const newReplicaSet = (given: WorkloadParts): object => {
  const { metadata, ...spec } = parts(given)
  return { metadata: { labels: given.labels, ...metadata }, spec: { ...spec, ...given.spec } }
}

export const newReplicationController = (given: WorkloadParts): object => {
  const { metadata, selector: _, ...spec } = parts(given)
  return { metadata, spec: { ...spec, ...given.spec } }
}

export const newStatefulSet = (given: WorkloadParts, serviceName = 'test'): object => {
  const more = {
    readinessProbe: {
      httpGet: { path: '/index.html', port: 80 },
      periodSeconds: 1,
      successThreshold: 1,
      failureThreshold: 1,
    },
    ...given.more,
  }
  const { metadata, ...spec } = parts({ container: 'webserver', ...given, more })
  return {
    metadata,
    spec: {
      serviceName,
      podManagementPolicy: 'OrderedReady',
      updateStrategy: { type: 'RollingUpdate' },
      ...spec,
      ...given.spec,
    },
  }
}

export const newDaemonSet = (name: string, labels: Labels, image: string = HTTPD): object => {
  const daemons = { 'daemonset-name': name }
  return {
    metadata: { name, labels },
    spec: {
      selector: { matchLabels: daemons },
      template: template(daemons, 'app', image, { ports: [{ containerPort: 9376 }] }),
    },
  }
}

/** A Job whose Pods run on, or end at once. kubernetes: test/e2e/framework/job/fixtures.go NewTestJob */
export const newJob = (
  name: string,
  behaviour: 'notTerminate' | 'succeed' | 'fail',
  spec: object = {},
  pod: object = {},
): object => {
  const command = { notTerminate: ['sleep', '1000000'], succeed: ['true'], fail: ['false'] }
  return {
    metadata: { name },
    spec: {
      parallelism: 2,
      completions: 4,
      backoffLimit: 6,
      ...spec,
      template: {
        metadata: { labels: { job: name } },
        spec: {
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: 0,
          containers: [{ name: 'c', image: BUSYBOX, command: command[behaviour] }],
          ...pod,
        },
      },
    },
  }
}
