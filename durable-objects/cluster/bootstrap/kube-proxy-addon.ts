// kubernetes: cmd/kubeadm/app/phases/addons/proxy/manifests.go, proxy.go
import type { BootstrapObject } from '#bootstrap/system-objects.ts'
import { kubeadmConfiguration } from '#kube-proxy/kubeadm-configuration.ts'
import { kubeadmDaemonSet } from '#kube-proxy/kubeadm-daemon-set.ts'
import type { Settings } from '#settings.ts'

const NAMESPACE = 'kube-system'
const NAME = 'kube-proxy'
const RBAC = 'rbac.authorization.k8s.io'

const KUBECONFIG = `apiVersion: v1
kind: Config
clusters:
- cluster:
    certificate-authority: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt
    server: https://192.168.49.2:8443
  name: default
contexts:
- context:
    cluster: default
    namespace: default
    user: default
  name: default
current-context: default
users:
- name: default
  user:
    tokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token`

const daemonSet = { ...kubeadmDaemonSet, status: {} }

const clusterRoleBinding = {
  apiVersion: `${RBAC}/v1`,
  kind: 'ClusterRoleBinding',
  metadata: { name: 'kubeadm:node-proxier' },
  subjects: [{ kind: 'ServiceAccount', name: NAME, namespace: NAMESPACE }],
  roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'system:node-proxier' },
}

/** Machines that join read the settings before they have an account. */
const role = {
  apiVersion: `${RBAC}/v1`,
  kind: 'Role',
  metadata: { name: NAME, namespace: NAMESPACE },
  rules: [{ verbs: ['get'], apiGroups: [''], resources: ['configmaps'], resourceNames: [NAME] }],
}

const roleBinding = {
  apiVersion: `${RBAC}/v1`,
  kind: 'RoleBinding',
  metadata: { name: NAME, namespace: NAMESPACE },
  subjects: [
    { kind: 'Group', apiGroup: RBAC, name: 'system:bootstrappers:kubeadm:default-node-token' },
  ],
  roleRef: { apiGroup: RBAC, kind: 'Role', name: NAME },
}

const configMap = (mode: Settings['proxyMode']) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: NAME, namespace: NAMESPACE, labels: { app: NAME } },
  data: { 'config.conf': kubeadmConfiguration(mode), 'kubeconfig.conf': KUBECONFIG },
})

/** The proxies of the nodes, and how they are set up. */
export const kubeProxyObjects = (mode: Settings['proxyMode']): readonly BootstrapObject[] => [
  {
    resource: 'serviceaccounts',
    object: {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: NAME, namespace: NAMESPACE },
    },
  },
  { resource: `clusterrolebindings.${RBAC}`, object: clusterRoleBinding },
  { resource: `roles.${RBAC}`, object: role },
  { resource: `rolebindings.${RBAC}`, object: roleBinding },
  { resource: 'configmaps', object: configMap(mode) },
  { resource: 'daemonsets.apps', object: daemonSet },
]
