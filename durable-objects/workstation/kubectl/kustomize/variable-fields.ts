// Where `$(NAME)` of a variable is replaced. kustomize: api/internal/konfig/builtinpluginconsts/varreference.go
import type { FieldSpec } from '#kubectl/kustomize/field-spec.ts'

const CONTAINER_FIELDS = ['args', 'command', 'env/value', 'volumeMounts/mountPath']

const POD_SPECS: readonly (readonly [string, string])[] = [
  ['CronJob', 'spec/jobTemplate/spec/template/spec'],
  ...['DaemonSet', 'Deployment', 'Job', 'ReplicaSet', 'StatefulSet'].map(
    (kind) => [kind, 'spec/template/spec'] as const,
  ),
  ['Pod', 'spec'],
]

export const VARIABLE_FIELDS: readonly FieldSpec[] = [
  ...POD_SPECS.flatMap(([kind, spec]) => [
    ...['containers', 'initContainers'].flatMap((list) =>
      CONTAINER_FIELDS.map((field) => ({ kind, path: `${spec}/${list}/${field}` })),
    ),
    { kind, path: `${spec}/volumes/nfs/server` },
  ]),
  ...['spec/rules/host', 'spec/tls/hosts', 'spec/tls/secretName'].map((path) => ({
    kind: 'Ingress',
    path,
  })),
  ...['spec/ports/port', 'spec/ports/targetPort'].map((path) => ({ kind: 'Service', path })),
  { kind: 'StatefulSet', path: 'spec/volumeClaimTemplates/spec/nfs/server' },
  { kind: 'PersistentVolume', path: 'spec/nfs/server' },
  { path: 'metadata/labels' },
  { path: 'metadata/annotations' },
]
