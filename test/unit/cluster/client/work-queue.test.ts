import { WorkQueue } from '#client/work-queue.ts'
import { ClusterMemory } from '#cluster-memory.ts'
import { describe, expect, test } from 'vitest'

const START = 1_700_000_000_000

const newQueue = (memory = new ClusterMemory()) => {
  const time = { now: START }
  return { time, memory, queue: new WorkQueue('test', () => time.now, memory) }
}

const drain = (queue: WorkQueue): string[] => {
  const taken: string[] = []
  for (let key = queue.take(); key !== undefined; key = queue.take()) taken.push(key)
  return taken
}

/** The key fails so many times, each time when somebody asked for it. */
const fail = (queue: WorkQueue, key: string, times: number): void => {
  for (let attempt = 0; attempt < times; attempt++) {
    queue.add(key)
    queue.take()
    queue.retry(key)
  }
}

describe('WorkQueue', () => {
  test('gives each key once, in the order in which it came first', () => {
    const { queue } = newQueue()
    for (const key of ['b', 'a', 'b', 'c', 'a']) queue.add(key)
    expect(drain(queue)).toEqual(['b', 'a', 'c'])
    expect(queue.isEmpty).toBe(true)
    expect(queue.take()).toBeUndefined()
  })

  test('takes a key again that was added while it was worked on', () => {
    const { queue } = newQueue()
    queue.add('a')
    expect(queue.take()).toBe('a')
    queue.add('a')
    expect(drain(queue)).toEqual(['a'])
  })

  test('holds a key back until its moment', () => {
    const { queue, time } = newQueue()
    queue.addAt('late', START + 2000)
    queue.addAfter('soon', 1000)
    expect(queue.isEmpty).toBe(true)
    expect(queue.nextDeadline()).toBe(START + 1000)
    time.now = START + 1000
    queue.promote(time.now)
    expect(drain(queue)).toEqual(['soon'])
    expect(queue.nextDeadline()).toBe(START + 2000)
    queue.promote(START + 5000)
    expect(drain(queue)).toEqual(['late'])
    expect(queue.nextDeadline()).toBeUndefined()
  })

  test('queues at once what was due already', () => {
    const { queue } = newQueue()
    queue.addAt('now', START)
    queue.addAt('past', START - 1)
    expect(drain(queue)).toEqual(['now', 'past'])
    expect(queue.nextDeadline()).toBeUndefined()
  })

  test('keeps the earliest of several moments, and only that', () => {
    const { queue } = newQueue()
    queue.addAt('a', START + 3000)
    queue.addAt('a', START + 1000)
    queue.addAt('a', START + 2000)
    queue.promote(START + 1000)
    expect(drain(queue)).toEqual(['a'])
    expect(queue.nextDeadline()).toBeUndefined()
    queue.promote(START + 9000)
    expect(drain(queue)).toEqual([])
  })

  test('takes back the moment of a key that is worked on', () => {
    const { queue } = newQueue()
    queue.addAt('a', START + 1000)
    queue.add('a')
    expect(drain(queue)).toEqual(['a'])
    expect(queue.nextDeadline()).toBeUndefined()
  })

  test('tries a failed key again at the moment that was asked for before, if that comes first', () => {
    const { queue, memory } = newQueue()
    fail(queue, 'a', 10)
    queue.add('a')
    queue.take()
    queue.addAt('a', START + 1000)
    queue.retry('a')
    expect(queue.nextDeadline()).toBe(START + 1000)
    expect(newQueue(memory).queue.retryDueAt('a')).toBe(START + 1000)
  })

  test('promotes by moment, then by key', () => {
    const { queue } = newQueue()
    queue.addAt('z', START + 1)
    queue.addAt('b', START + 2)
    queue.addAt('a', START + 2)
    queue.promote(START + 2)
    expect(drain(queue)).toEqual(['z', 'a', 'b'])
  })

  test('waits 5 ms, 10 ms, 20 ms … and at most 1000 s after failures', () => {
    const { queue, time } = newQueue()
    const waits: number[] = []
    for (let attempt = 0; attempt < 20; attempt++) {
      queue.retry('a')
      const due = queue.nextDeadline()!
      waits.push(due - time.now)
      time.now = due
      queue.promote(due)
      expect(drain(queue)).toEqual(['a'])
    }
    expect(waits.slice(0, 5)).toEqual([5, 10, 20, 40, 80])
    expect(waits.slice(-2)).toEqual([1_000_000, 1_000_000])
  })

  test('forgets failures once the key went well', () => {
    const { queue, time, memory } = newQueue()
    for (let attempt = 0; attempt < 3; attempt++) queue.retry('a')
    queue.forget('a')
    expect(memory.entries('')).toEqual([])
    time.now = START + 10_000
    queue.promote(time.now)
    drain(queue)
    queue.retry('a')
    expect(queue.nextDeadline()).toBe(START + 10_005)
  })

  test('goes on backing off in a new queue on the same memory', () => {
    const { queue, memory } = newQueue()
    fail(queue, 'a', 2)
    const again = newQueue(memory)
    expect(again.queue.retryDueAt('a')).toBe(START + 10)
    expect(again.queue.retryDueAt('b')).toBeUndefined()
    again.queue.retry('a')
    expect(again.queue.nextDeadline()).toBe(START + 20)
  })

  test('does not mix the failures of two queues', () => {
    const { queue, memory } = newQueue()
    queue.retry('a')
    const other = new WorkQueue('other', () => START, memory)
    expect(other.retryDueAt('a')).toBeUndefined()
  })

  test('deferFailed() lets failed keys wait on after waking up, and only those', () => {
    const { queue, memory } = newQueue()
    fail(queue, 'failing', 8)
    const woken = newQueue(memory)
    woken.queue.add('failing')
    woken.queue.add('fine')
    woken.queue.deferFailed()
    expect(drain(woken.queue)).toEqual(['fine'])
    expect(woken.queue.nextDeadline()).toBe(START + 640)
    woken.queue.promote(START + 640)
    expect(drain(woken.queue)).toEqual(['failing'])
  })

  test('deferFailed() keeps a failed key whose retry is due', () => {
    const { queue, memory } = newQueue()
    queue.retry('a')
    const woken = newQueue(memory)
    woken.time.now = START + 5
    woken.queue.add('a')
    woken.queue.deferFailed()
    expect(drain(woken.queue)).toEqual(['a'])
  })
})

describe('ClusterMemory', () => {
  test('tells each change once, and none that changed nothing', () => {
    const memory = new ClusterMemory([['kept', '1']])
    memory.set('kept', '1')
    memory.delete('absent')
    expect(memory.takeChanges()).toEqual([])
    memory.set('b', '1')
    memory.set('b', '2')
    memory.set('a', '1')
    memory.delete('kept')
    expect(memory.takeChanges()).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['kept', undefined],
    ])
    expect(memory.takeChanges()).toEqual([])
  })

  test('lists by prefix, sorted by key', () => {
    const memory = new ClusterMemory([
      ['disk/b', '1'],
      ['queue/a', '2'],
      ['disk/a', '3'],
    ])
    expect(memory.entries('disk/')).toEqual([
      ['disk/a', '3'],
      ['disk/b', '1'],
    ])
  })
})
