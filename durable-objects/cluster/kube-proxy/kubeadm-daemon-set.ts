// What runs the proxies, as kubeadm makes it. kubernetes: cmd/kubeadm/app/phases/addons/proxy/manifests.go

const NAMESPACE = 'kube-system'
const NAME = 'kube-proxy'
const LABELS = { 'k8s-app': NAME }
const IMAGE = 'registry.k8s.io/kube-proxy:v1.36.2'

const container = {
  name: NAME,
  image: IMAGE,
  imagePullPolicy: 'IfNotPresent',
  command: [
    '/usr/local/bin/kube-proxy',
    '--config=/var/lib/kube-proxy/config.conf',
    '--hostname-override=$(NODE_NAME)',
  ],
  env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
  securityContext: { privileged: true },
  volumeMounts: [
    { name: NAME, mountPath: '/var/lib/kube-proxy' },
    { name: 'xtables-lock', mountPath: '/run/xtables.lock' },
    { name: 'lib-modules', mountPath: '/lib/modules', readOnly: true },
  ],
}

export const kubeadmDaemonSet = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: NAME, namespace: NAMESPACE, labels: LABELS },
  spec: {
    selector: { matchLabels: LABELS },
    updateStrategy: { type: 'RollingUpdate' },
    template: {
      metadata: { labels: LABELS },
      spec: {
        priorityClassName: 'system-node-critical',
        containers: [container],
        hostNetwork: true,
        serviceAccountName: NAME,
        volumes: [
          { name: NAME, configMap: { name: NAME } },
          {
            name: 'xtables-lock',
            hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' },
          },
          { name: 'lib-modules', hostPath: { path: '/lib/modules' } },
        ],
        tolerations: [{ operator: 'Exists' }],
        nodeSelector: { 'kubernetes.io/os': 'linux' },
      },
    },
  },
}
