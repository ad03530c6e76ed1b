// kubernetes: pkg/controller/podautoscaler/horizontal.go
import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerStatus,
  MetricStatus,
} from '#api/autoscaling/v2/horizontal-pod-autoscaler/types.ts'
import { equal, keyOf, splitKey } from '#apimachinery/object.ts'
import { formatTime, parseTime } from '#apimachinery/time.ts'
import type { Component, ComponentContext, ComponentDefinition } from '#client/component.ts'
import type { Metrics } from '#client/metrics.ts'
import { forgetHistory, SYNC_PERIOD_MS } from '#kube-controller-manager/podautoscaler/history.ts'
import { reconcile } from '#kube-controller-manager/podautoscaler/reconcile.ts'

const NAME = 'horizontal-pod-autoscaler'
const RESOURCE = 'horizontalpodautoscalers.autoscaling'

/** A list that is not there is written as null in this field. */
const NO_METRICS = null as unknown as readonly MetricStatus[]

const bornAt = ({ metadata }: HorizontalPodAutoscaler): number =>
  parseTime(metadata.creationTimestamp ?? '')

/** An autoscaler waits one period before it looks for the first time, and after that between any two looks. */
const nextTurn = (autoscaler: HorizontalPodAutoscaler, now: number): number => {
  const born = bornAt(autoscaler)
  const turns = Math.max(0, Math.floor((now - born) / SYNC_PERIOD_MS))
  return born + (turns + 1) * SYNC_PERIOD_MS
}

const isTurn = (autoscaler: HorizontalPodAutoscaler, now: number): boolean => {
  const age = now - bornAt(autoscaler)
  return age > 0 && age % SYNC_PERIOD_MS === 0
}

/** `metrics`: the metrics API, as far as there is one. */
export const horizontalPodAutoscaling = (metrics: Metrics): ComponentDefinition => ({
  name: NAME,
  manager: 'kube-controller-manager',
  username: 'system:serviceaccount:kube-system:horizontal-pod-autoscaler',
  create: (context) => {
    const { client, queue, memory } = context
    const plan = (autoscaler: HorizontalPodAutoscaler): void =>
      queue.addAt(keyOf(autoscaler), nextTurn(autoscaler, client.now()))
    client.watch(RESOURCE, ({ type, object }) => {
      if (type !== 'DELETED') return plan(object)
      queue.drop(keyOf(object))
      forgetHistory(memory, keyOf(object))
    })
    return {
      name: NAME,
      queue,
      resync: () => {
        for (const autoscaler of client.list(RESOURCE)) plan(autoscaler)
      },
      sync: (key) => {
        const { namespace, name } = splitKey(key)
        const autoscaler = client.get(RESOURCE, namespace, name)
        if (autoscaler === undefined) return
        plan(autoscaler)
        if (isTurn(autoscaler, client.now())) syncAutoscaler(context, metrics, autoscaler)
      },
    } satisfies Component
  },
})

const syncAutoscaler = (
  context: ComponentContext,
  metrics: Metrics,
  autoscaler: HorizontalPodAutoscaler,
): void => {
  const { client, events } = context
  const outcome = reconcile({
    context,
    metrics,
    autoscaler,
    tell: (type, reason, message) =>
      events.record({ object: autoscaler, type, reason, message, component: NAME }),
  })
  const status = statusOf(autoscaler, outcome, client.now())
  if (!equal(status, autoscaler.status))
    client.update(RESOURCE, { ...autoscaler, status }, { subresource: 'status' })
}

const statusOf = (
  { status: old }: HorizontalPodAutoscaler,
  { conditions, replicas }: ReturnType<typeof reconcile>,
  now: number,
): HorizontalPodAutoscalerStatus => {
  if (replicas === undefined) return { ...old, conditions }
  const { current, desired, metrics, isRescaled } = replicas
  const lastScaleTime = isRescaled ? formatTime(now) : old?.lastScaleTime
  return {
    ...(lastScaleTime === undefined ? {} : { lastScaleTime }),
    // a count of none is left out
    ...(current === 0 ? {} : { currentReplicas: current }),
    desiredReplicas: desired ?? old?.desiredReplicas ?? 0,
    currentMetrics: metrics ?? NO_METRICS,
    conditions,
  }
}
