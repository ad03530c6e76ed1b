// What was applied once and is not any more. kubernetes: kubectl pkg/cmd/apply/prune.go, pkg/util/prune
import type { JsonObject } from '#apimachinery/object.ts'
import { pathTo, type ResourceInfo } from '#kubectl/client/discovery.ts'
import { type DryRun, logLine } from '#kubectl/commands/dry-run.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { itemsOf } from '#kubectl/resource/documents.ts'
import { type Info, metadataOf, pathOfInfo } from '#kubectl/resource/info.ts'
import { lastApplied } from '#kubectl/resource/last-applied.ts'

/** What is looked at if nobody says. */
const NAMESPACED = [
  '/v1/ConfigMap',
  '/v1/Endpoints',
  '/v1/PersistentVolumeClaim',
  '/v1/Pod',
  '/v1/ReplicationController',
  '/v1/Secret',
  '/v1/Service',
  'batch/v1/Job',
  'batch/v1/CronJob',
  'networking.k8s.io/v1/Ingress',
  'apps/v1/DaemonSet',
  'apps/v1/Deployment',
  'apps/v1/ReplicaSet',
  'apps/v1/StatefulSet',
]
const CLUSTER_WIDE = ['/v1/Namespace', '/v1/PersistentVolume']

/** The types that may be pruned. Throws KubectlFailure. */
export const prunableResources = (run: Invocation): readonly ResourceInfo[] => {
  const given = run.flags.list('prune-allowlist')
  return (given.length > 0 ? given : [...NAMESPACED, ...CLUSTER_WIDE]).map((word) =>
    resourceOf(run, word),
  )
}

const DEPRECATED =
  'Deprecated: kubectl apply will no longer prune non-namespaced resources by default when used with the --namespace flag in a future release. To preserve the current behaviour, list the resources you want to target explicitly in the --prune-allowlist flag.'

/** `core/v1/Pod` */
const resourceOf = (run: Invocation, word: string): ResourceInfo => {
  const [group = '', version = '', kind = '', ...more] = word.split('/')
  if (more.length > 0 || word.split('/').length < 3)
    throw new KubectlFailure(
      `invalid GroupVersionKind format: ${word}, please follow <group/version/kind>`,
    )
  const name = group === 'core' ? '' : group
  return run.mapper.ofObject(name === '' ? version : `${name}/${version}`, kind)
}

/** Objects that were applied and are none of these. `namespaces`: where those are. */
export const leftovers = (
  run: Invocation,
  resources: readonly ResourceInfo[],
  kept: readonly (JsonObject | undefined)[],
  namespaces: readonly string[],
): readonly Info[] => {
  if (run.flags.list('prune-allowlist').length === 0)
    run.err(logLine(run, 'prune.go:71', DEPRECATED))
  const uids = new Set(kept.map((object) => metadataOf(object).uid))
  const places = [
    ...[...new Set(namespaces)]
      .filter((namespace) => namespace !== '')
      .flatMap((namespace) =>
        resources.filter((one) => one.isNamespaced).map((resource) => ({ resource, namespace })),
      ),
    ...resources
      .filter((one) => !one.isNamespaced)
      .map((resource) => ({ resource, namespace: '' })),
  ]
  const selector = run.flags.string('selector')
  const query = selector === '' ? [] : [['labelSelector', selector] as const]
  return places.flatMap(({ resource, namespace }) =>
    itemsOf(run.client.get(pathTo(resource, namespace), query))
      .filter((object) => lastApplied(object) !== undefined && !uids.has(metadataOf(object).uid))
      .map((object) => ({
        resource,
        namespace,
        name: metadataOf(object).name ?? '',
        object,
        source: '',
      })),
  )
}

/** Deletes one; nothing is said. */
export const pruneOne = (
  { client, flags }: Invocation,
  info: Info,
  dryRun: DryRun,
  propagation: string,
): void => {
  if (dryRun === 'client') return
  const grace = flags.int('grace-period')
  client.send({
    method: 'DELETE',
    path: pathOfInfo(info),
    contentType: 'application/json',
    body: JSON.stringify({
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      ...(grace >= 0 ? { gracePeriodSeconds: grace } : {}),
      propagationPolicy: propagation,
      ...(dryRun === 'server' ? { dryRun: ['All'] } : {}),
    }),
  })
}
