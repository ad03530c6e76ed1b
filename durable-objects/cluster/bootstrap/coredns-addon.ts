// kubernetes: cmd/kubeadm/app/phases/addons/dns/manifests.go
import type { BootstrapObject } from '#bootstrap/system-objects.ts'
import { kubeadmCorefile } from '#coredns/kubeadm-corefile.ts'
import { CLUSTER_DNS } from '#coredns/resolv-conf.ts'

const NAMESPACE = 'kube-system'
const NAME = 'coredns'
const ROLE = 'system:coredns'
const LABELS = { 'k8s-app': 'kube-dns' }
const IMAGE = 'registry.k8s.io/coredns/coredns:v1.14.2'

const container = {
  name: NAME,
  image: IMAGE,
  imagePullPolicy: 'IfNotPresent',
  args: ['-conf', '/etc/coredns/Corefile'],
  resources: { limits: { memory: '170Mi' }, requests: { cpu: '100m', memory: '70Mi' } },
  ports: [
    { name: 'dns', containerPort: 53, protocol: 'UDP' },
    { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
    { name: 'metrics', containerPort: 9153, protocol: 'TCP' },
    { name: 'liveness-probe', containerPort: 8080, protocol: 'TCP' },
    { name: 'readiness-probe', containerPort: 8181, protocol: 'TCP' },
  ],
  volumeMounts: [{ name: 'config-volume', mountPath: '/etc/coredns', readOnly: true }],
  livenessProbe: {
    httpGet: { path: '/health', port: 'liveness-probe', scheme: 'HTTP' },
    initialDelaySeconds: 60,
    timeoutSeconds: 5,
    successThreshold: 1,
    failureThreshold: 5,
  },
  readinessProbe: { httpGet: { path: '/ready', port: 'readiness-probe', scheme: 'HTTP' } },
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] },
    readOnlyRootFilesystem: true,
  },
}

/** Two servers on one node would both go with it. */
const antiAffinity = {
  preferredDuringSchedulingIgnoredDuringExecution: [
    {
      weight: 100,
      podAffinityTerm: {
        labelSelector: {
          matchExpressions: [{ key: 'k8s-app', operator: 'In', values: ['kube-dns'] }],
        },
        topologyKey: 'kubernetes.io/hostname',
      },
    },
  ],
}

const podSpec = {
  priorityClassName: 'system-cluster-critical',
  serviceAccountName: NAME,
  affinity: { podAntiAffinity: antiAffinity },
  tolerations: [
    { key: 'CriticalAddonsOnly', operator: 'Exists' },
    { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' },
  ],
  nodeSelector: { 'kubernetes.io/os': 'linux' },
  containers: [container],
  dnsPolicy: 'Default',
  volumes: [
    {
      name: 'config-volume',
      configMap: { name: NAME, items: [{ key: 'Corefile', path: 'Corefile' }] },
    },
  ],
}

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: NAME, namespace: NAMESPACE, labels: LABELS },
  spec: {
    replicas: 2,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
    selector: { matchLabels: LABELS },
    template: { metadata: { labels: LABELS }, spec: podSpec },
  },
  status: {},
}

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: 'kube-dns',
    namespace: NAMESPACE,
    labels: { ...LABELS, 'kubernetes.io/cluster-service': 'true', 'kubernetes.io/name': 'CoreDNS' },
    annotations: { 'prometheus.io/port': '9153', 'prometheus.io/scrape': 'true' },
  },
  spec: {
    selector: LABELS,
    clusterIP: CLUSTER_DNS,
    ports: [
      { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
      { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
      { name: 'metrics', port: 9153, protocol: 'TCP', targetPort: 9153 },
    ],
  },
  status: {},
}

const configMap = (ttl: number) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: NAME, namespace: NAMESPACE },
  data: { Corefile: kubeadmCorefile(ttl) },
})

const clusterRole = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: ROLE },
  rules: [
    {
      verbs: ['list', 'watch'],
      apiGroups: [''],
      resources: ['endpoints', 'services', 'pods', 'namespaces'],
    },
    { verbs: ['list', 'watch'], apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'] },
  ],
}

const clusterRoleBinding = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: ROLE },
  subjects: [{ kind: 'ServiceAccount', name: NAME, namespace: NAMESPACE }],
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: ROLE },
}

/** The cluster's name server. */
export const corednsObjects = (ttl: number): readonly BootstrapObject[] => [
  {
    resource: 'serviceaccounts',
    object: {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: NAME, namespace: NAMESPACE },
    },
  },
  { resource: 'clusterroles.rbac.authorization.k8s.io', object: clusterRole },
  { resource: 'clusterrolebindings.rbac.authorization.k8s.io', object: clusterRoleBinding },
  { resource: 'configmaps', object: configMap(ttl) },
  { resource: 'services', object: service },
  { resource: 'deployments.apps', object: deployment },
]
