import { beforeAll, describe, expect, it } from 'vitest'
import { scripts, type NamedScript } from '../../support/cluster-scripts/scripts.ts'
import { ScriptedCluster, type ScriptOptions } from '../../support/scripted-cluster.ts'

interface Outcome {
  readonly cluster: ScriptedCluster
  /** All that was said, all that was written, and what there is in the end. */
  readonly texts: readonly string[]
}

const run = (script: NamedScript, options: ScriptOptions = {}): Outcome => {
  const cluster = new ScriptedCluster({ ...options, settings: script.settings })
  script.run(cluster)
  cluster.watch('/api/v1/pods', 1)
  cluster.watch('/apis/discovery.k8s.io/v1/endpointslices', 1)
  cluster.tables()
  return { cluster, texts: [...cluster.transcript, ...cluster.log, cluster.finish()] }
}

/** Where two outcomes part; the rest need not be read. */
const firstDifference = (a: Outcome, b: Outcome): object | undefined => {
  const index = a.texts.findIndex((text, at) => text !== b.texts[at])
  if (index < 0 && a.texts.length === b.texts.length) return undefined
  return { before: a.texts[index - 1], first: a.texts[index], second: b.texts[index] }
}

const TIMEOUT_MS = 120_000
const HOUR_MS = 3_600_000

describe.each(scripts)('$name', { timeout: TIMEOUT_MS }, (script) => {
  let first: Outcome

  beforeAll(() => {
    first = run(script)
  }, TIMEOUT_MS)

  it('runs without defects', () => {
    expect(first.cluster.faults).toEqual([])
  })

  it('gives the same bytes for the same seed', () => {
    expect(firstDifference(first, run(script))).toBeUndefined()
  })

  it('gives the same bytes if the cluster is made again before every turn', () => {
    const second = run(script, { rebuilt: true })
    // a cluster that is made again writes nothing, draws no random numbers and is due when it was
    expect(second.cluster.idleWrites).toEqual([])
    expect(firstDifference(first, second)).toBeUndefined()
  })
})

const named = (name: string): NamedScript => scripts.find((script) => script.name === name)!

describe('a cluster', () => {
  it('has other names and addresses with another seed', () => {
    const tutorial = named('the tutorial')
    expect(firstDifference(run(tutorial), run(tutorial, { seed: 2 }))).toBeDefined()
  })

  it.each([
    'the tutorial',
    'scaling up and down',
    'StatefulSets',
    'load balancers',
    'server-side apply with conflicts',
    'hundreds of endpoints, in a bare cluster',
    'crowded nodes',
    'the end of a busy namespace',
    'proxies with little time',
    'careful rollouts',
    'autoscalers and accounts',
  ])('at rest wants no timer and writes nothing: %s', { timeout: TIMEOUT_MS }, (name) => {
    const script = named(name)
    const cluster = new ScriptedCluster({ settings: script.settings })
    script.run(cluster)
    cluster.advance(HOUR_MS)
    const { revision } = cluster.cluster
    expect(cluster.cluster.nextDeadline()).toBeUndefined()
    cluster.advance(1000 * HOUR_MS)
    expect(cluster.cluster.revision).toBe(revision)
  })
})
