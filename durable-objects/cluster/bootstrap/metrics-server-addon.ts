// kubernetes: minikube deploy/addons/metrics-server
import type { BootstrapObject } from '#bootstrap/system-objects.ts'

const NAMESPACE = 'kube-system'
const NAME = 'metrics-server'
const RBAC = 'rbac.authorization.k8s.io'
const IMAGE = 'registry.k8s.io/metrics-server/metrics-server:v0.8.0'
const SELECTED = { 'k8s-app': NAME }
const MANAGED = { 'addonmanager.kubernetes.io/mode': 'Reconcile' }
const LABELS = { ...SELECTED, ...MANAGED, 'kubernetes.io/minikube-addons': NAME }
const PORT = 4443

const probe = (path: string) => ({
  httpGet: { path, port: 'https', scheme: 'HTTPS' },
  periodSeconds: 10,
  failureThreshold: 3,
})

const container = {
  name: NAME,
  image: IMAGE,
  imagePullPolicy: 'IfNotPresent',
  args: [
    '--cert-dir=/tmp',
    `--secure-port=${PORT}`,
    '--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname',
    '--kubelet-use-node-status-port',
    '--metric-resolution=15s',
    '--kubelet-insecure-tls',
  ],
  resources: { requests: { cpu: '100m', memory: '200Mi' } },
  ports: [{ name: 'https', containerPort: PORT, protocol: 'TCP' }],
  readinessProbe: probe('/readyz'),
  livenessProbe: probe('/livez'),
  securityContext: { readOnlyRootFilesystem: true, runAsNonRoot: true, runAsUser: 1000 },
  volumeMounts: [{ name: 'tmp-dir', mountPath: '/tmp' }],
}

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: NAME, namespace: NAMESPACE, labels: LABELS },
  spec: {
    selector: { matchLabels: SELECTED },
    strategy: { rollingUpdate: { maxUnavailable: 0 } },
    template: {
      metadata: { name: NAME, labels: SELECTED },
      spec: {
        priorityClassName: 'system-cluster-critical',
        containers: [container],
        nodeSelector: { 'kubernetes.io/os': 'linux' },
        serviceAccountName: NAME,
        volumes: [{ name: 'tmp-dir', emptyDir: {} }],
      },
    },
  },
  status: {},
}

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: NAME, namespace: NAMESPACE, labels: LABELS },
  spec: {
    ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 'https' }],
    selector: SELECTED,
  },
  status: {},
}

const apiService = {
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name: 'v1beta1.metrics.k8s.io', labels: LABELS },
  spec: {
    service: { name: NAME, namespace: NAMESPACE },
    group: 'metrics.k8s.io',
    version: 'v1beta1',
    insecureSkipTLSVerify: true,
    groupPriorityMinimum: 100,
    versionPriority: 100,
  },
}

const account = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: NAME, namespace: NAMESPACE, labels: LABELS },
}

/** Who may look at Pods may look at what they use. */
const readerRole = {
  apiVersion: `${RBAC}/v1`,
  kind: 'ClusterRole',
  metadata: {
    name: 'system:aggregated-metrics-reader',
    labels: {
      ...LABELS,
      [`${RBAC}/aggregate-to-view`]: 'true',
      [`${RBAC}/aggregate-to-edit`]: 'true',
      [`${RBAC}/aggregate-to-admin`]: 'true',
    },
  },
  rules: [
    {
      apiGroups: ['metrics.k8s.io'],
      resources: ['pods', 'nodes'],
      verbs: ['get', 'list', 'watch'],
    },
  ],
}

const serverRole = {
  apiVersion: `${RBAC}/v1`,
  kind: 'ClusterRole',
  metadata: { name: 'system:metrics-server', labels: LABELS },
  rules: [
    { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
    { apiGroups: [''], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] },
  ],
}

const subjects = [{ kind: 'ServiceAccount', name: NAME, namespace: NAMESPACE }]

const clusterRoleBinding = (name: string, role: string): BootstrapObject => {
  const object = {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name, labels: LABELS },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: role },
    subjects,
  }
  return { resource: `clusterrolebindings.${RBAC}`, object }
}

const authenticationReader = {
  apiVersion: `${RBAC}/v1`,
  kind: 'RoleBinding',
  metadata: { name: 'metrics-server-auth-reader', namespace: NAMESPACE, labels: LABELS },
  roleRef: { apiGroup: RBAC, kind: 'Role', name: 'extension-apiserver-authentication-reader' },
  subjects,
}

/** What nodes and Pods use, for `kubectl top` and for autoscalers. */
export const metricsServerObjects = (): readonly BootstrapObject[] => [
  { resource: 'serviceaccounts', object: account },
  { resource: `clusterroles.${RBAC}`, object: readerRole },
  { resource: `clusterroles.${RBAC}`, object: serverRole },
  clusterRoleBinding('metrics-server:system:auth-delegator', 'system:auth-delegator'),
  clusterRoleBinding('system:metrics-server', 'system:metrics-server'),
  { resource: `rolebindings.${RBAC}`, object: authenticationReader },
  { resource: 'services', object: service },
  { resource: 'deployments.apps', object: deployment },
  { resource: 'apiservices.apiregistration.k8s.io', object: apiService },
]
