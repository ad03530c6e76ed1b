// In which order objects are printed. kustomize: api/internal/builtins/SortOrderTransformer.go
import { KustomizeError } from '#kubectl/kustomize/failure.ts'
import { gvkText, isSameGvk, type Gvk, type ResourceId } from '#kubectl/kustomize/gvk.ts'
import type { SortOptions } from '#kubectl/kustomize/kustomization.ts'
import type { Resources } from '#kubectl/kustomize/resources.ts'

const FIRST = [
  'Namespace',
  'ResourceQuota',
  'StorageClass',
  'CustomResourceDefinition',
  'ServiceAccount',
  'PodSecurityPolicy',
  'Role',
  'ClusterRole',
  'RoleBinding',
  'ClusterRoleBinding',
  'ConfigMap',
  'Secret',
  'Endpoints',
  'Service',
  'LimitRange',
  'PriorityClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Deployment',
  'StatefulSet',
  'CronJob',
  'PodDisruptionBudget',
]
const LAST = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']

const kindText = ({ group, version, kind }: Gvk): string =>
  `${group || '~G'}_${version || '~V'}_${kind || '~K'}`

const idText = ({ gvk, namespace, name }: ResourceId): string =>
  `${gvkText(gvk)}|${namespace || '~X'}|${name || '~N'}`

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export const sortResources = (resources: Resources, options: SortOptions | undefined): void => {
  const order = options === undefined ? 'legacy' : (options.order ?? '')
  if (order !== 'fifo' && order !== 'legacy')
    throw new KustomizeError("the field 'sortOptions.order' must be one of [fifo, legacy]")
  const legacy = options?.legacySortOptions
  if (order === 'fifo') {
    if (legacy !== undefined)
      throw new KustomizeError(
        "the field 'sortOptions.legacySortOptions' is set but the selected sort order is 'fifo', not 'legacy'",
      )
    return
  }
  const first = legacy === undefined ? FIRST : (legacy.orderFirst ?? [])
  const last = legacy === undefined ? LAST : (legacy.orderLast ?? [])
  const ranks = new Map<string, number>([
    ...first.map((kind, index) => [kind, index - first.length] as const),
    ...last.map((kind, index) => [kind, index + 1] as const),
  ])
  const rank = ({ kind }: Gvk): number => ranks.get(kind) ?? 0
  resources.list = resources.list
    .map((resource) => ({ resource, id: resource.currentId }))
    .sort(({ id: a }, { id: b }) =>
      isSameGvk(a.gvk, b.gvk)
        ? compareTexts(idText(a), idText(b))
        : rank(a.gvk) - rank(b.gvk) || compareTexts(kindText(a.gvk), kindText(b.gvk)),
    )
    .map(({ resource }) => resource)
}
