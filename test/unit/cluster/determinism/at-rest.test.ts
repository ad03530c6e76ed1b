import { describe, expect, it } from 'vitest'
import { scripts, type NamedScript } from '../../../support/cluster-scripts/scripts.ts'
import { firstDifference, run, TIMEOUT_MS } from '../../../support/determinism.ts'
import { ScriptedCluster } from '../../../support/scripted-cluster.ts'

const HOUR_MS = 3_600_000

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
