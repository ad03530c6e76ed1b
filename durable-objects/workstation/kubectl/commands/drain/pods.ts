// Which Pods of a node have to go, and why some may not. kubernetes: kubectl pkg/drain/{drain,filters}.go
import type { Pod } from '#api/core/v1/pod/types.ts'
import { controllerOf } from '#apimachinery/object.ts'
import { parseTime } from '#apimachinery/time.ts'
import { AggregateFailure, ApiError, KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'

const DAEMON_SET_FATAL = 'DaemonSet-managed Pods (use --ignore-daemonsets to ignore)'
const DAEMON_SET_WARNING = 'ignoring DaemonSet-managed Pods'
const STORAGE_FATAL = 'Pods with local storage (use --delete-emptydir-data to override)'
const STORAGE_WARNING = 'deleting Pods with local storage'
const UNMANAGED_FATAL = 'cannot delete Pods that declare no controller (use --force to override)'
const UNMANAGED_WARNING = 'deleting Pods that declare no controller'
const MIRROR = 'kubernetes.io/config.mirror'

interface Verdict {
  readonly goes: boolean
  readonly reason: 'okay' | 'skip' | 'warning' | 'error'
  readonly message: string
}

const OKAY: Verdict = { goes: true, reason: 'okay', message: '' }
const SKIP: Verdict = { goes: false, reason: 'skip', message: '' }
const warning = (goes: boolean, message: string): Verdict => ({ goes, reason: 'warning', message })
const fatal = (message: string): Verdict => ({ goes: false, reason: 'error', message })

type Filter = (run: Invocation, pod: Pod) => Verdict

const isFinished = ({ status }: Pod): boolean =>
  status.phase === 'Succeeded' || status.phase === 'Failed'

/** kubernetes: shouldSkipPod */
export const isLongDeleted = (run: Invocation, { metadata }: Pod): boolean => {
  const seconds = run.flags.int('skip-wait-for-delete-timeout')
  const { deletionTimestamp } = metadata
  return (
    seconds > 0 &&
    deletionTimestamp !== undefined &&
    Math.trunc((run.now() - parseTime(deletionTimestamp)) / 1000) > seconds
  )
}

const skipDeleted: Filter = (run, pod) => (isLongDeleted(run, pod) ? SKIP : OKAY)

const ofDaemonSets: Filter = (run, pod) => {
  const owner = controllerOf(pod)
  if (owner?.kind !== 'DaemonSet' || isFinished(pod)) return OKAY
  const { namespace = '' } = pod.metadata
  try {
    run.client.get(
      `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/daemonsets/${encodeURIComponent(owner.name)}`,
    )
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const isOrphan = error.is('NotFound') && run.flags.bool('force')
    return isOrphan ? warning(true, error.message) : fatal(error.message)
  }
  return run.flags.bool('ignore-daemonsets')
    ? warning(false, DAEMON_SET_WARNING)
    : fatal(DAEMON_SET_FATAL)
}

const ofMirrors: Filter = (_run, { metadata }) =>
  metadata.annotations !== undefined && Object.hasOwn(metadata.annotations, MIRROR) ? SKIP : OKAY

const withLocalStorage: Filter = ({ flags }, pod) => {
  const isLocal = (pod.spec.volumes ?? []).some(({ emptyDir }) => emptyDir !== undefined)
  if (!isLocal || isFinished(pod)) return OKAY
  return flags.bool('delete-emptydir-data') ? warning(true, STORAGE_WARNING) : fatal(STORAGE_FATAL)
}

const unmanaged: Filter = ({ flags }, pod) => {
  if (isFinished(pod) || controllerOf(pod) !== undefined) return OKAY
  return flags.bool('force') ? warning(true, UNMANAGED_WARNING) : fatal(UNMANAGED_FATAL)
}

const FILTERS: readonly Filter[] = [
  skipDeleted,
  ofDaemonSets,
  ofMirrors,
  withLocalStorage,
  unmanaged,
]

/** The first that keeps it decides; else the last that has something to say. */
const verdictOn = (run: Invocation, pod: Pod): Verdict => {
  let verdict = OKAY
  for (const filter of FILTERS) {
    verdict = filter(run, pod)
    if (!verdict.goes) return verdict
  }
  return verdict
}

export interface PodsToGo {
  readonly pods: readonly Pod[]
  /** '' if there is nothing to warn of. */
  readonly warnings: string
  readonly failure: Error | undefined
}

/** kubernetes: GetPodsForDeletion */
export const podsToGo = (run: Invocation, node: string): PodsToGo => {
  const selector = run.flags.string('pod-selector')
  const list = run.client.get('/api/v1/pods', [
    ['fieldSelector', `spec.nodeName=${node}`],
    ...(selector === '' ? [] : ([['labelSelector', selector]] as const)),
  ])
  const all = ((list['items'] ?? []) as unknown as readonly Pod[]).map((pod) => ({
    pod,
    verdict: verdictOn(run, pod),
  }))
  const told = (reason: Verdict['reason']): ReadonlyMap<string, readonly string[]> => {
    const names = new Map<string, string[]>()
    for (const { pod, verdict } of all)
      if (verdict.reason === reason)
        names.set(verdict.message, [
          ...(names.get(verdict.message) ?? []),
          `${pod.metadata.namespace}/${pod.metadata.name}`,
        ])
    return names
  }
  const failures = [...told('error')].map(
    ([message, names]) =>
      new KubectlFailure(
        `${message.toLowerCase().startsWith('cannot delete') ? '' : 'cannot delete '}${message}: ${names.join(', ')}`,
      ),
  )
  return {
    pods: all.filter(({ verdict }) => verdict.goes).map(({ pod }) => pod),
    warnings: [...told('warning')]
      .map(([message, names]) => `${message}: ${names.join(', ')}`)
      .join('; '),
    failure: failures.length === 0 ? undefined : new AggregateFailure(failures),
  }
}
