// How many Pods of a controller are what, kept up to date one Pod at a time: a change costs the same among ten and ten thousand.
import type { Pod } from '#api/core/v1/pod/types.ts'
import { matches, type Selector } from '#apimachinery/labels.ts'
import { controllerOf, type KubeObject, type StringMap } from '#apimachinery/object.ts'
import type { Client } from '#client/client.ts'
import {
  isPodActive,
  isPodAvailable,
  isPodReady,
  isPodTerminating,
} from '#kube-controller-manager/pod-state.ts'

export interface PodCounts {
  readonly active: number
  readonly terminating: number
  readonly fullyLabeled: number
  readonly ready: number
  readonly available: number
}

/** What Pods are counted by. */
export interface CountingRule {
  readonly selector: Selector
  readonly templateLabels: StringMap
  readonly minReadySeconds: number
}

type Share = { -readonly [K in keyof PodCounts]: number }

const NOTHING: PodCounts = { active: 0, terminating: 0, fullyLabeled: 0, ready: 0, available: 0 }

const shareOf = (
  pod: Pod,
  { templateLabels, minReadySeconds }: CountingRule,
  now: number,
): Share => {
  const share: Share = { ...NOTHING }
  if (isPodTerminating(pod)) share.terminating = 1
  if (!isPodActive(pod)) return share
  share.active = 1
  if (isFullyLabeled(pod, templateLabels)) share.fullyLabeled = 1
  if (!isPodReady(pod)) return share
  share.ready = 1
  if (isPodAvailable(pod, minReadySeconds, now)) share.available = 1
  return share
}

const isFullyLabeled = (pod: Pod, template: StringMap): boolean => {
  const has = pod.metadata.labels
  if (has === template) return true
  return Object.keys(template).every(
    (key) => has !== undefined && Object.hasOwn(has, key) && has[key] === template[key],
  )
}

const add = (counts: Share, share: PodCounts, sign: 1 | -1): void => {
  counts.active += sign * share.active
  counts.terminating += sign * share.terminating
  counts.fullyLabeled += sign * share.fullyLabeled
  counts.ready += sign * share.ready
  counts.available += sign * share.available
}

/** kubernetes: pkg/controller/replicaset/replica_set_utils.go calculateStatus */
export const countPods = (pods: readonly Pod[], rule: CountingRule, now: number): PodCounts => {
  const counts: Share = { ...NOTHING }
  for (const pod of pods) add(counts, shareOf(pod, rule, now), 1)
  return counts
}

interface Tally {
  /** Counted by this spec; any other asks for a new count. */
  readonly spec: unknown
  readonly rule: CountingRule
  readonly shares: Map<string, PodCounts>
  readonly counts: Share
  /** Pods that are owned, but no longer selected: their owner has to look at them. */
  readonly misfits: Set<string>
}

type Owner = KubeObject & { readonly spec: unknown }

/** The counts of all owners that were looked at as a whole. Nothing here must survive. */
export class PodTallies {
  readonly #now: () => number
  readonly #byOwner = new Map<string, Tally>()

  constructor(client: Client) {
    this.#now = () => client.now()
    client.watch('pods', ({ type, object, old }) => {
      const uid = controllerOf(object)?.uid
      const before = old === undefined ? undefined : controllerOf(old)?.uid
      if (before !== undefined && before !== uid) this.#remove(before, old!)
      if (uid === undefined) return
      if (type === 'DELETED') this.#remove(uid, object)
      else this.#set(uid, object)
    })
  }

  /** Undefined if the owner has to look at its Pods one by one. */
  of(owner: Owner): PodCounts | undefined {
    const tally = this.#byOwner.get(owner.metadata.uid ?? '')
    if (tally === undefined || tally.spec !== owner.spec || tally.misfits.size > 0) return undefined
    return tally.counts
  }

  /** Counts all Pods of the owner, and keeps count from now on if time does not change it. */
  count(owner: Owner, rule: CountingRule, pods: readonly Pod[]): PodCounts {
    const uid = owner.metadata.uid ?? ''
    this.forget(uid)
    if (rule.minReadySeconds > 0) return countPods(pods, rule, this.#now())
    this.#byOwner.set(uid, {
      spec: owner.spec,
      rule,
      shares: new Map(),
      counts: { ...NOTHING },
      misfits: new Set(),
    })
    for (const pod of pods) this.#set(uid, pod)
    return this.#byOwner.get(uid)!.counts
  }

  forget(uid: string): void {
    this.#byOwner.delete(uid)
  }

  #set(uid: string, pod: Pod): void {
    const tally = this.#byOwner.get(uid)
    if (tally === undefined) return
    const { name = '', labels } = pod.metadata
    const known = tally.shares.get(name)
    if (known !== undefined) add(tally.counts, known, -1)
    const share = shareOf(pod, tally.rule, this.#now())
    add(tally.counts, share, 1)
    tally.shares.set(name, share)
    if (matches(tally.rule.selector, labels)) tally.misfits.delete(name)
    else tally.misfits.add(name)
  }

  #remove(uid: string, pod: Pod): void {
    const tally = this.#byOwner.get(uid)
    const { name = '' } = pod.metadata
    const known = tally?.shares.get(name)
    if (tally === undefined || known === undefined) return
    add(tally.counts, known, -1)
    tally.shares.delete(name)
    tally.misfits.delete(name)
  }
}
