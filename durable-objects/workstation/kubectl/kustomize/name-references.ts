// Which fields hold the names of other objects. kustomize: api/internal/konfig/builtinpluginconsts/namereference.go
import type { FieldSpec } from '#kubectl/kustomize/field-spec.ts'
import type { GvkSelector } from '#kubectl/kustomize/gvk.ts'

export interface NameReference extends GvkSelector {
  /** Fields that may name such an object. */
  readonly fieldSpecs: readonly FieldSpec[]
}

/** Where the Pod's spec is in each kind that has one. */
const POD_SPECS: readonly (readonly [string, string])[] = [
  ['Pod', 'spec'],
  ['PodTemplate', 'template/spec'],
  ...['Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet', 'Job'].map(
    (kind) => [kind, 'spec/template/spec'] as const,
  ),
  ['CronJob', 'spec/jobTemplate/spec/template/spec'],
]

/** Those kinds that a few rules leave out of the list above, and the one that they have instead. */
const WORKLOAD_SPECS: readonly (readonly [string, string])[] = [
  ['Pod', 'spec'],
  ...['StatefulSet', 'Deployment', 'ReplicationController', 'Job', 'DaemonSet'].map(
    (kind) => [kind, 'spec/template/spec'] as const,
  ),
  ['CronJob', 'spec/jobTemplate/spec/template/spec'],
]

const inSpecs = (
  specs: readonly (readonly [string, string])[],
  paths: readonly string[],
): readonly FieldSpec[] =>
  specs.flatMap(([kind, spec]) => paths.map((path) => ({ kind, path: `${spec}/${path}` })))

const fields = (
  kind: string,
  paths: readonly string[],
  more: GvkSelector = {},
): readonly FieldSpec[] => paths.map((path) => ({ ...more, kind, path }))

const containerFields = (...paths: readonly string[]): readonly string[] =>
  ['containers', 'initContainers'].flatMap((list) => paths.map((path) => `${list}/${path}`))

const RBAC = { group: 'rbac.authorization.k8s.io' } as const
const ADMISSION = { group: 'admissionregistration.k8s.io' } as const
const RULES = ['Role', 'ClusterRole'].flatMap((kind) => fields(kind, ['rules/resourceNames']))

const scaled = (kind: string): NameReference => ({
  kind,
  fieldSpecs: fields('HorizontalPodAutoscaler', ['spec/scaleTargetRef/name']),
})

export const NAME_REFERENCES: readonly NameReference[] = [
  scaled('Deployment'),
  scaled('ReplicationController'),
  scaled('ReplicaSet'),
  scaled('StatefulSet'),
  {
    kind: 'ConfigMap',
    version: 'v1',
    fieldSpecs: [
      ...inSpecs(POD_SPECS, [
        'volumes/configMap/name',
        ...containerFields('env/valueFrom/configMapKeyRef/name', 'envFrom/configMapRef/name'),
        'volumes/projected/sources/configMap/name',
      ]),
      ...fields('Node', ['spec/configSource/configMap']),
      ...RULES,
      ...fields('Ingress', [
        'metadata/annotations/nginx.ingress.kubernetes.io\\/fastcgi-params-configmap',
      ]),
    ],
  },
  {
    kind: 'Secret',
    version: 'v1',
    fieldSpecs: [
      ...inSpecs(POD_SPECS, [
        'volumes/secret/secretName',
        ...containerFields('env/valueFrom/secretKeyRef/name', 'envFrom/secretRef/name'),
        'imagePullSecrets/name',
        'volumes/projected/sources/secret/name',
      ]),
      ...fields('Ingress', [
        'spec/tls/secretName',
        'metadata/annotations/ingress.kubernetes.io\\/auth-secret',
        'metadata/annotations/nginx.ingress.kubernetes.io\\/auth-secret',
        'metadata/annotations/nginx.ingress.kubernetes.io\\/auth-tls-secret',
      ]),
      ...fields('ServiceAccount', ['imagePullSecrets/name']),
      ...fields('StorageClass', [
        'parameters/secretName',
        'parameters/adminSecretName',
        'parameters/userSecretName',
        'parameters/secretRef',
      ]),
      ...RULES,
      ...fields('Service', ['spec/template/spec/containers/env/valueFrom/secretKeyRef/name'], {
        group: 'serving.knative.dev',
        version: 'v1',
      }),
      ...fields('PersistentVolume', ['spec/azureFile/secretName']),
    ],
  },
  {
    kind: 'Service',
    version: 'v1',
    fieldSpecs: [
      ...fields('StatefulSet', ['spec/serviceName'], { group: 'apps' }),
      ...fields('Ingress', [
        'spec/rules/http/paths/backend/serviceName',
        'spec/backend/serviceName',
        'spec/rules/http/paths/backend/service/name',
        'spec/defaultBackend/service/name',
      ]),
      ...fields('APIService', ['spec/service/name'], { group: 'apiregistration.k8s.io' }),
      ...fields('ValidatingWebhookConfiguration', ['webhooks/clientConfig/service'], ADMISSION),
      ...fields('MutatingWebhookConfiguration', ['webhooks/clientConfig/service'], ADMISSION),
      ...['HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute', 'UDPRoute'].flatMap((kind) =>
        fields(kind, ['spec/rules/backendRefs/name'], { group: 'gateway.networking.k8s.io' }),
      ),
    ],
  },
  { kind: 'Role', ...RBAC, fieldSpecs: fields('RoleBinding', ['roleRef/name'], RBAC) },
  {
    kind: 'ClusterRole',
    ...RBAC,
    fieldSpecs: [
      ...fields('RoleBinding', ['roleRef/name'], RBAC),
      ...fields('ClusterRoleBinding', ['roleRef/name'], RBAC),
    ],
  },
  {
    kind: 'ServiceAccount',
    version: 'v1',
    fieldSpecs: [
      ...fields('RoleBinding', ['subjects'], RBAC),
      ...fields('ClusterRoleBinding', ['subjects'], RBAC),
      ...inSpecs(WORKLOAD_SPECS, ['serviceAccountName']),
    ],
  },
  {
    kind: 'PersistentVolumeClaim',
    version: 'v1',
    fieldSpecs: inSpecs(WORKLOAD_SPECS, ['volumes/persistentVolumeClaim/claimName']),
  },
  {
    kind: 'PersistentVolume',
    version: 'v1',
    fieldSpecs: [
      ...fields('PersistentVolumeClaim', ['spec/volumeName']),
      ...fields('ClusterRole', ['rules/resourceNames']),
    ],
  },
  {
    kind: 'StorageClass',
    version: 'v1',
    group: 'storage.k8s.io',
    fieldSpecs: [
      ...fields('PersistentVolume', ['spec/storageClassName']),
      ...fields('PersistentVolumeClaim', ['spec/storageClassName']),
      ...fields('StatefulSet', ['spec/volumeClaimTemplates/spec/storageClassName']),
    ],
  },
  {
    kind: 'PriorityClass',
    version: 'v1',
    group: 'scheduling.k8s.io',
    fieldSpecs: inSpecs(WORKLOAD_SPECS, ['priorityClassName']),
  },
  {
    kind: 'IngressClass',
    version: 'v1',
    // upstream's rule says so, and so matches nothing
    group: 'networking.k8s.io/v1',
    fieldSpecs: fields('Ingress', ['spec/ingressClassName']),
  },
]
