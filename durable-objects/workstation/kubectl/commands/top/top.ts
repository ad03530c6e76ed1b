// kubernetes: kubectl pkg/cmd/top/{top_node,top_pod}.go
import type { JsonObject } from '#apimachinery/object.ts'
import { parseSelector } from '#apimachinery/selector-parser.ts'
import { parseTime } from '#apimachinery/time.ts'
import {
  containersTable,
  type Metrics,
  nodesTable,
  podsTable,
} from '#kubectl/commands/top/tables.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { metadataOf } from '#kubectl/resource/info.ts'

const METRICS = '/apis/metrics.k8s.io/v1beta1'
/** So long a Pod may be without metrics before it is a matter. */
const CREATION_DELAY_MS = 120_000

type Query = readonly (readonly [string, string])[]

export const topNode = (run: Invocation): void => {
  const { flags } = run
  const name = nameOf(run, 'node [NAME | -l label]')
  if (name !== '' && flags.string('selector') !== '')
    throw new KubectlFailure('only one of NAME or --selector can be provided')
  const query = selectorsOf(run)
  checkAvailable(run)
  const metrics = itemsAt(run, `${METRICS}/nodes`, name, query)
  if (metrics.length === 0) throw new KubectlFailure('metrics not available yet')
  const nodes = itemsAt(run, '/api/v1/nodes', name, query)
  run.out(nodesTable(run.flags, metrics as unknown as readonly Metrics[], nodes))
}

export const topPod = (run: Invocation): void => {
  const { flags, namespace } = run
  const name = nameOf(run, 'pod [NAME | -l label]')
  if (name !== '' && (flags.string('selector') !== '' || flags.string('field-selector') !== ''))
    throw new KubectlFailure('only one of NAME or selector can be provided')
  const query = selectorsOf(run)
  checkAvailable(run)
  const isEverywhere = flags.bool('all-namespaces')
  const place = isEverywhere ? '' : `/namespaces/${encodeURIComponent(namespace)}`
  const metrics = itemsAt(run, `${METRICS}${place}/pods`, name, query)
  if (metrics.length === 0) {
    checkEmpty(run, name, query)
    run.err(
      isEverywhere ? 'No resources found\n' : `No resources found in ${namespace} namespace.\n`,
    )
    return
  }
  const table = flags.bool('containers') ? containersTable : podsTable
  run.out(table(flags, metrics as unknown as readonly Metrics[]))
}

const nameOf = (run: Invocation, usage: string): string => {
  if (run.args.length > 1) throw run.usage(usage)
  const sortBy = run.flags.string('sort-by')
  if (sortBy !== '' && sortBy !== 'cpu' && sortBy !== 'memory')
    throw new KubectlFailure('--sort-by accepts only cpu or memory')
  return run.args[0] ?? ''
}

const selectorsOf = ({ flags }: Invocation): Query => {
  const labels = flags.string('selector')
  const fields = flags.has('field-selector') ? flags.string('field-selector') : ''
  if (labels !== '')
    try {
      parseSelector(labels)
    } catch (error) {
      throw new KubectlFailure((error as Error).message)
    }
  return [
    ...(labels === '' ? [] : ([['labelSelector', labels]] as const)),
    ...(fields === '' ? [] : ([['fieldSelector', fields]] as const)),
  ]
}

const checkAvailable = (run: Invocation): void => {
  if (run.mapper.resources.every(({ group }) => group !== 'metrics.k8s.io'))
    throw new KubectlFailure('Metrics API not available')
}

const itemsAt = (
  run: Invocation,
  path: string,
  name: string,
  query: Query,
): readonly JsonObject[] =>
  name === ''
    ? ((run.client.get(path, query)['items'] ?? []) as readonly JsonObject[])
    : [run.client.get(`${path}/${encodeURIComponent(name)}`)]

/** kubernetes: verifyEmptyMetrics */
const checkEmpty = (run: Invocation, name: string, query: Query): void => {
  const path = `/api/v1/namespaces/${encodeURIComponent(run.namespace)}/pods`
  const pods = itemsAt(run, path, name, query)
  for (const pod of pods) {
    const { namespace, name: podName, creationTimestamp = '' } = metadataOf(pod)
    const age = run.now() - parseTime(creationTimestamp)
    if (age > CREATION_DELAY_MS)
      throw new KubectlFailure(
        `Metrics not available for pod ${namespace}/${podName}, age: ${goDuration(age)}`,
      )
  }
  if (pods.length > 0) throw new KubectlFailure('metrics not available yet')
}

/** time.Duration's text, of two minutes and more. */
export const goDuration = (milliseconds: number): string => {
  const hours = Math.floor(milliseconds / 3_600_000)
  const minutes = Math.floor(milliseconds / 60_000) % 60
  const seconds = (milliseconds % 60_000) / 1000
  if (hours > 0) return `${hours}h${minutes}m${seconds}s`
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`
}
