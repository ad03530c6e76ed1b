// What every script of cluster-scripts/ must be: the same for the same seed, whatever is lost from memory in between.
import { beforeAll, describe, expect, it } from 'vitest'
import { scripts, type NamedScript } from './cluster-scripts/scripts.ts'
import { ScriptedCluster, type ScriptOptions } from './scripted-cluster.ts'

export interface Outcome {
  readonly cluster: ScriptedCluster
  /** All that was said, all that was written, and what there is in the end. */
  readonly texts: readonly string[]
}

export const run = (script: NamedScript, options: ScriptOptions = {}): Outcome => {
  const cluster = new ScriptedCluster({ ...options, settings: script.settings })
  script.run(cluster)
  cluster.watch('/api/v1/pods', 1)
  cluster.watch('/apis/discovery.k8s.io/v1/endpointslices', 1)
  cluster.tables()
  return { cluster, texts: [...cluster.transcript, ...cluster.log, cluster.finish()] }
}

/** Where two outcomes part; the rest need not be read. */
export const firstDifference = (a: Outcome, b: Outcome): object | undefined => {
  const index = a.texts.findIndex((text, at) => text !== b.texts[at])
  if (index < 0 && a.texts.length === b.texts.length) return undefined
  return { before: a.texts[index - 1], first: a.texts[index], second: b.texts[index] }
}

export const TIMEOUT_MS = 120_000

/** Tests each `of`th script, beginning with the one at `part`: a file for each part, so that they run side by side. */
export const describeScripts = (part: number, of: number): void => {
  const some = scripts.filter((_script, index) => index % of === part)
  describe.each(some)('$name', { timeout: TIMEOUT_MS }, (script) => {
    let first: Outcome

    beforeAll(() => {
      first = run(script)
    }, TIMEOUT_MS)

    it('runs without defects', () => {
      expect(first.cluster.faults).toEqual([])
    })

    it('gives the same bytes for the same seed', () => {
      const second = run(script)
      expect(firstDifference(first, second)).toBeUndefined()
      expect(second.cluster.causes).toEqual(first.cluster.causes)
    })

    it('gives the same bytes if the cluster is made again before every turn', () => {
      const second = run(script, { rebuilt: true })
      // a cluster that is made again writes nothing, draws no random numbers and is due when it was
      expect(second.cluster.idleWrites).toEqual([])
      expect(firstDifference(first, second)).toBeUndefined()
    })

    it('gives the same bytes if its components then look at it only when they must', () => {
      const second = run(script, { rebuilt: true, idle: true })
      expect(second.cluster.idleWrites).toEqual([])
      expect(firstDifference(first, second)).toBeUndefined()
    })
  })
}
