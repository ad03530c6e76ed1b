// What probes of a running container have to say. kubernetes: pkg/kubelet/prober
import type { PodContainer } from '#kubelet/pod-facts.ts'
import type { ContainerRecord } from '#kubelet/pod-record.ts'
import type { PodRun, Step } from '#kubelet/pod-run.ts'
import type { Health } from '#kubelet/probes.ts'

const PROBE_NAME = { startup: 'Startup', liveness: 'Liveness', readiness: 'Readiness' } as const

/** Failures are reported, and the status differs from one moment on. */
export const probeSteps = (
  run: PodRun,
  container: PodContainer,
  record: ContainerRecord,
  { failures, changesAt }: Health,
): readonly Step[] => {
  const steps: Step[] = failures
    .filter(({ kind, index }) => index >= (record.reported?.[kind] ?? 0))
    .map(({ at, kind, index, message, count }) => ({
      at,
      run: () => {
        const reported = { ...run.of(container).reported, [kind]: index + 1 }
        run.set(container, { ...run.of(container), reported })
        const text = `${PROBE_NAME[kind]} probe failed: ${message}`
        run.note('Warning', 'Unhealthy', text, container, count)
      },
    }))
  if (changesAt !== undefined) steps.push({ at: changesAt, run: () => undefined })
  return steps
}

/** Of a Pod that leaves it is still of interest whether it is ready: liveness and startup are not probed any more. */
export const readinessSteps = (
  run: PodRun,
  container: PodContainer,
  record: ContainerRecord,
  now: number,
): readonly Step[] => {
  if (run.isAlways || container.spec.readinessProbe === undefined) return []
  const health = run.health(container, now)
  const failures = health.failures.filter(({ kind }) => kind === 'readiness')
  return probeSteps(run, container, record, { ...health, failures })
}
