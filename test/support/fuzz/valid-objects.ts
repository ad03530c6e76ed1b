import type { Mutable } from './mutations.ts'

const pod = {
  containers: [
    {
      name: 'web',
      image: 'nginx:1.29',
      ports: [{ name: 'http', containerPort: 80 }],
      env: [{ name: 'A', value: '1' }],
      resources: { requests: { cpu: '100m', memory: '64Mi' } },
      readinessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 5 },
      volumeMounts: [{ name: 'data', mountPath: '/data' }],
    },
  ],
  volumes: [{ name: 'data', emptyDir: {} }],
}
const selector = { matchLabels: { app: 'web' } }
const template = { metadata: { labels: { app: 'web' } }, spec: pod }

/** One valid object of each of the kinds that have code of their own. */
export const VALID: readonly (readonly [path: string, object: Mutable])[] = (
  [
    ['/api/v1/namespaces', 'v1', 'Namespace', {}],
    ['/api/v1/namespaces/default/configmaps', 'v1', 'ConfigMap', { data: { a: '1', b: '2' } }],
    [
      '/api/v1/namespaces/default/secrets',
      'v1',
      'Secret',
      { type: 'Opaque', stringData: { a: '1' } },
    ],
    ['/api/v1/namespaces/default/pods', 'v1', 'Pod', { spec: pod }],
    [
      '/api/v1/namespaces/default/services',
      'v1',
      'Service',
      {
        spec: {
          type: 'NodePort',
          selector: { app: 'web' },
          ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }],
          sessionAffinity: 'ClientIP',
        },
      },
    ],
    [
      '/api/v1/namespaces/default/endpoints',
      'v1',
      'Endpoints',
      { subsets: [{ addresses: [{ ip: '10.1.2.3' }], ports: [{ port: 80 }] }] },
    ],
    [
      '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices',
      'discovery.k8s.io/v1',
      'EndpointSlice',
      { addressType: 'IPv4', endpoints: [{ addresses: ['10.1.2.3'] }], ports: [{ port: 80 }] },
    ],
    [
      '/apis/apps/v1/namespaces/default/deployments',
      'apps/v1',
      'Deployment',
      { spec: { replicas: 2, selector, template } },
    ],
    [
      '/apis/apps/v1/namespaces/default/replicasets',
      'apps/v1',
      'ReplicaSet',
      { spec: { replicas: 1, selector, template } },
    ],
    [
      '/apis/apps/v1/namespaces/default/statefulsets',
      'apps/v1',
      'StatefulSet',
      { spec: { serviceName: 'web', replicas: 2, selector, template } },
    ],
    [
      '/apis/apps/v1/namespaces/default/daemonsets',
      'apps/v1',
      'DaemonSet',
      { spec: { selector, template } },
    ],
    [
      '/apis/batch/v1/namespaces/default/jobs',
      'batch/v1',
      'Job',
      { spec: { completions: 2, template: { spec: { ...pod, restartPolicy: 'Never' } } } },
    ],
    [
      '/apis/batch/v1/namespaces/default/cronjobs',
      'batch/v1',
      'CronJob',
      {
        spec: {
          schedule: '*/5 * * * *',
          jobTemplate: { spec: { template: { spec: { ...pod, restartPolicy: 'Never' } } } },
        },
      },
    ],
    [
      '/apis/networking.k8s.io/v1/namespaces/default/ingresses',
      'networking.k8s.io/v1',
      'Ingress',
      { spec: { defaultBackend: { service: { name: 'web', port: { number: 80 } } } } },
    ],
    [
      '/apis/policy/v1/namespaces/default/poddisruptionbudgets',
      'policy/v1',
      'PodDisruptionBudget',
      { spec: { minAvailable: '50%', selector } },
    ],
    [
      '/api/v1/namespaces/default/resourcequotas',
      'v1',
      'ResourceQuota',
      { spec: { hard: { pods: '100', 'requests.cpu': '50' } } },
    ],
    [
      '/api/v1/namespaces/default/limitranges',
      'v1',
      'LimitRange',
      { spec: { limits: [{ type: 'Container', default: { cpu: '1' } }] } },
    ],
    ['/api/v1/nodes', 'v1', 'Node', { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } }],
    [
      '/apis/rbac.authorization.k8s.io/v1/clusterroles',
      'rbac.authorization.k8s.io/v1',
      'ClusterRole',
      { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] },
    ],
    [
      '/apis/networking.k8s.io/v1/servicecidrs',
      'networking.k8s.io/v1',
      'ServiceCIDR',
      { spec: { cidrs: ['10.50.0.0/24'] } },
    ],
    [
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
      'apiextensions.k8s.io/v1',
      'CustomResourceDefinition',
      {
        spec: {
          group: 'example.com',
          scope: 'Namespaced',
          names: { plural: 'fuzzes', singular: 'fuzz', kind: 'Fuzz', listKind: 'FuzzList' },
          versions: [
            {
              name: 'v1',
              served: true,
              storage: true,
              schema: { openAPIV3Schema: { type: 'object' } },
            },
          ],
        },
      },
    ],
    [
      '/apis/kubarium.dev/v1/images',
      'kubarium.dev/v1',
      'Image',
      {
        spec: {
          image: 'example.com/shop/cart:2.*',
          env: [{ name: 'DB', exitCode: 3 }],
          pull: { delay: '1s', failure: 'denied' },
          startDelay: '2s',
          listens: [
            { port: 8080, portFrom: 'PORT', replies: [{ path: '/*', headers: { A: 'b' } }] },
          ],
          exits: { after: '1h', code: 1 },
          log: [{ text: 'hi', every: '1m' }],
          memory: '20Mi',
        },
      },
    ],
    [
      '/apis/kubarium.dev/v1/externalhosts',
      'kubarium.dev/v1',
      'ExternalHost',
      {
        spec: {
          hostnames: ['fuzz.example'],
          addresses: ['192.0.2.200'],
          records: [{ name: 'www.fuzz.example', type: 'CNAME', value: 'fuzz.example' }],
          ports: [{ port: 80, replies: [{ path: '/*', body: 'x' }] }],
          ttlSeconds: 5,
          delay: '1s',
          down: false,
        },
      },
    ],
    ['/apis/kubarium.dev/v1/machines', 'kubarium.dev/v1', 'Machine', { spec: {} }],
    [
      '/apis/kubarium.dev/v1/namespaces/default/traces',
      'kubarium.dev/v1',
      'Trace',
      { spec: { from: { workstation: true }, to: 'http://192.168.49.2/' } },
    ],
  ] as const
).map(([path, apiVersion, kind, rest]) => [
  path,
  {
    apiVersion,
    kind,
    metadata: {
      name: kind === 'CustomResourceDefinition' ? 'fuzzes.example.com' : 'fuzz',
      labels: { app: 'web' },
      annotations: { note: 'x' },
    },
    ...rest,
  },
])
