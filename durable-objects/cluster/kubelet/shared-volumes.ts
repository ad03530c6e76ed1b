// What the containers of a Pod write into its volumes, brought to those that look: when a container starts, when it ends, and while two of
// them share a volume.
import type { PodContainer } from '#kubelet/pod-facts.ts'
import type { PodRun, Step } from '#kubelet/pod-run.ts'
import type { VolumeHistory } from '#kubelet/volume-history.ts'
import type { FileWrite } from '#images/behaviour.ts'
import { setKey } from '#apimachinery/object.ts'
import { type Written, writesBetween, writesIn } from '#kubelet/write-tree.ts'

const mountsOf = ({ spec }: PodContainer, volume: string) =>
  (spec.volumeMounts ?? []).filter(({ name }) => name === volume)

const namesOf = ({ spec }: PodContainer): readonly string[] => [
  ...new Set((spec.volumeMounts ?? []).map(({ name }) => name)),
]

interface RunWrites {
  /** `web/0` */
  readonly key: string
  readonly container: PodContainer
  /** In the order of time. */
  readonly writes: readonly FileWrite[]
  readonly startedAt: number
  readonly until: number
}

/** The run of a container that goes on, or the one that has ended. */
const runOf = (run: PodRun, container: PodContainer): RunWrites | undefined => {
  const { phase, exit, at, restarts } = run.of(container)
  const common = { key: `${container.spec.name}/${restarts}`, container }
  if (phase === 'running') {
    const { writes = [] } = run.process(container)
    return { ...common, writes, startedAt: at, until: Infinity }
  }
  if (exit === undefined) return undefined
  const { writes = [] } = run.processOfEnded(container)
  return { ...common, writes, startedAt: exit.startedAt, until: exit.finishedAt }
}

const sharing = (run: PodRun, name: string): readonly RunWrites[] =>
  run.containers.flatMap((container) =>
    mountsOf(container, name).length === 0 ? [] : (runOf(run, container) ?? []),
  )

/** Puts in what all containers have written up to a moment. */
const update = (run: PodRun, volumes: VolumeHistory, name: string, at: number): void => {
  const counts: Record<string, number> = {}
  const all: Written[] = sharing(run, name).flatMap(
    ({ key, container, writes, startedAt, until }) => {
      const last = Math.min(at, until)
      const count = writes.filter(({ after }) => startedAt + after <= last).length
      const fresh = writes.slice(volumes.writesOf(name, key), count)
      setKey(counts, key, count)
      return writesIn(writesBetween(fresh, startedAt, -1, last), mountsOf(container, name))
    },
  )
  const { count } = volumes
  const ordered = all.toSorted((a, b) => a.at - b.at)
  volumes.extend(name, at, ordered, counts)
  if (volumes.count !== count) run.forgetProcesses()
}

/** A container starts or has ended: what was written up to now is there for the next. */
export const updateVolumes = (run: PodRun, container: PodContainer, at: number): void => {
  const { volumes } = run.facts
  if (volumes === undefined) return
  for (const name of namesOf(container))
    if (volumes.isSeen(name)) {
      update(run, volumes, name, at)
      if (run.of(container).phase === 'exited') volumes.keep(name)
    }
}

/** Somebody has written into volumes by hand: programs that run see it from now on. */
export const takeWritten = (run: PodRun, now: number): void => {
  const { volumes, written = [] } = run.facts
  if (volumes === undefined) return
  for (const { volume, change } of written) {
    if (!volumes.isSeen(volume)) continue
    update(run, volumes, volume, now)
    volumes.change(volume, now, change)
    run.forgetProcesses()
  }
}

/** After so many changes of a shared volume the others see further ones ever more rarely. */
const EAGER_STATES = 20

/** When one container next writes something that another one sees. */
export const sharingSteps = (run: PodRun): readonly Step[] => {
  const { volumes } = run.facts
  if (volumes === undefined || run.containers.length < 2) return []
  const steps: Step[] = []
  for (const name of volumes.states.keys()) {
    if (!volumes.isSeen(name)) continue
    const runs = sharing(run, name).filter(({ until }) => until === Infinity)
    if (runs.length < 2) continue
    const earliest = (volumes.states.get(name)?.at(-1)?.at ?? 0) + pauseOf(volumes, name)
    for (const { key, writes, startedAt } of runs) {
      const first = writes[volumes.writesOf(name, key)]
      if (first === undefined) continue
      const at = Math.max(startedAt + first.after, earliest)
      steps.push({ at, run: () => update(run, volumes, name, at) })
    }
  }
  return steps
}

const pauseOf = (volumes: VolumeHistory, name: string): number => {
  const states = volumes.states.get(name) ?? []
  const [, second] = states
  if (states.length < EAGER_STATES || second === undefined) return 0
  return Math.floor((states.at(-1)!.at - second.at) / 10)
}
