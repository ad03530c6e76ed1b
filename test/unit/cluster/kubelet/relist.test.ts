import { describe, expect, it } from 'vitest'
import { PodLife } from '../../../support/pod-life.ts'

const present = ['busybox:1.36']

/** The states that a container's status has shown, each once, in the order in which they came. */
const statesOf = (script: string, spec: object, ms: number): readonly string[] => {
  const containers = [{ name: 'c', image: 'busybox:1.36', command: ['sh', '-c', script] }]
  const life = new PodLife(containers, { present, spec })
  const seen: string[] = []
  for (let time = 0; time < ms; time += 10) {
    life.pass(10)
    const { state } = life.container('c')
    const shown = state.waiting?.reason ?? state.terminated?.reason ?? 'Running'
    if (seen.at(-1) !== shown) seen.push(shown)
  }
  return seen
}

describe('a status', () => {
  it.each([
    ['of what is over by the next look never says that it ran', 'sleep 0.1', ['Completed']],
    ['of what fails by then neither', 'sleep 0.1; exit 1', ['Error']],
    ['of what takes longer says so', 'sleep 0.7', ['Running', 'Completed']],
    ['of what only waits says so', 'sleep 3600', ['Running']],
  ])('%s', (_what, script, states) => {
    const shown = statesOf(script, { restartPolicy: 'Never' }, 3000)
    expect(shown).toEqual(['ContainerCreating', ...states])
  })

  it('of what is started again and fails again says only that', () => {
    const states = statesOf('sleep 0.1; exit 1', {}, 30_000)
    expect(states).not.toContain('Running')
    expect(states.filter((state) => state === 'CrashLoopBackOff').length).toBeGreaterThan(1)
  })
})
