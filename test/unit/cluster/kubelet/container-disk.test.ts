import { describe, expect, it } from 'vitest'
import { ClusterMemory } from '#cluster-memory.ts'
import { type ContainerRun, ContainerDisks } from '#kubelet/container-disk.ts'
import { shadowOf } from '#world/shadow-memory.ts'

const run = (changes: Partial<ContainerRun> = {}): ContainerRun => ({
  pod: 'default/web',
  uid: 'one',
  container: { name: 'main', volumeMounts: [{ name: 'data', mountPath: '/data' }] },
  run: 0,
  ...changes,
})

describe('what a container keeps', () => {
  it('is there again in the same run only, unless a volume holds it', () => {
    const disks = new ContainerDisks(new ClusterMemory())
    for (const key of ['memory', '/tmp/file', '/data/file']) disks.storeOf(run()).set(key, 'kept')
    const read = (again: ContainerRun) =>
      ['memory', '/tmp/file', '/data/file'].map((key) => disks.storeOf(again).get(key))
    expect(read(run())).toEqual(['kept', 'kept', 'kept'])
    expect(read(run({ run: 1 }))).toEqual([undefined, undefined, 'kept'])
    expect(read(run({ uid: 'two' }))).toEqual([undefined, undefined, undefined])
  })

  it('may have any name', () => {
    const store = new ContainerDisks(new ClusterMemory()).storeOf(run())
    expect(store.get('__proto__')).toBeUndefined()
    store.set('__proto__', 'kept')
    expect(store.get('__proto__')).toBe('kept')
    expect(store.get('constructor')).toBeUndefined()
  })

  it('is at most 64 kB: what is too much is not written', () => {
    const store = new ContainerDisks(new ClusterMemory()).storeOf(run())
    store.set('a', 'x'.repeat(40_000))
    store.set('b', 'x'.repeat(40_000))
    expect(store.get('b')).toBeUndefined()
    store.set('a', 'short')
    store.set('b', 'x'.repeat(40_000))
    expect(store.get('b')).toHaveLength(40_000)
  })
})

describe('the log of a container', () => {
  it('holds the last 200 lines of at most 1 kB, over restarts', () => {
    const disks = new ContainerDisks(new ClusterMemory())
    for (let index = 0; index < 250; index++) {
      const text = `${index} ${'x'.repeat(2000)}`
      disks.log(run({ run: index < 240 ? 0 : 1 }), { at: index, stream: 'stdout', text })
    }
    const lines = disks.linesOf('default/web', 'one', 'main')
    expect(lines).toHaveLength(200)
    expect(lines[0]!.text).toMatch(/^50 x/)
    expect(lines.every(({ text }) => text.length === 1024)).toBe(true)
    expect(lines.filter((line) => line.run === 1)).toHaveLength(10)
    expect(disks.linesOf('default/web', 'two', 'main')).toEqual([])
  })

  it('of one who only looks is not written', () => {
    const memory = new ClusterMemory()
    const shadow = new ContainerDisks(shadowOf(memory))
    shadow.log(run(), { at: 0, stream: 'stderr', text: 'seen' })
    expect(shadow.linesOf('default/web', 'one', 'main')).toHaveLength(1)
    expect(memory.entries('')).toEqual([])
  })
})
