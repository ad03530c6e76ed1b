import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  compareRows,
  headLine,
  readHead,
  readRow,
  rowLine,
  type ObjectRow,
  type SnapshotHead,
  type SnapshotRow,
} from '../../../../durable-objects/session/snapshot/canonical.ts'
import { LINK_LIMITS, STORED_LIMITS } from '../../../../durable-objects/session/snapshot/limits.ts'
import { SnapshotProblem } from '../../../../durable-objects/session/snapshot/problem.ts'
import { readLinkedSnapshot } from '../../../../durable-objects/session/snapshot/read-linked-snapshot.ts'
import {
  openSnapshot,
  readWholeSnapshot,
} from '../../../../durable-objects/session/snapshot/read-snapshot.ts'
import { isSnapshotId } from '../../../../durable-objects/session/snapshot/snapshot-id.ts'
import { writeSnapshot } from '../../../../durable-objects/session/snapshot/write-snapshot.ts'
import {
  atOnce,
  atRest,
  clusterOf,
  type Running,
  rowsOf,
  snapshotOf,
  stateOf,
  tutorial,
} from '../../../support/snapshots.ts'

const OURS = { limits: STORED_LIMITS, writtenBy: 'this server', pause: atOnce } as const
const LINK = { limits: LINK_LIMITS, writtenBy: 'anybody', pause: atOnce } as const

const FILES = [
  { path: '.bashrc', kind: 'file', mode: 0o644, mtime: 5, text: 'alias k=kubectl\n' },
  { path: 'bytes', kind: 'file', mode: 0o600, mtime: 6, text: '\udcff\udc80ELF é😀' },
  { path: 'link', kind: 'link', mode: 0o777, mtime: 7, text: 'shop/web.yaml' },
  { path: 'shop', kind: 'directory', mode: 0o755, mtime: 8, text: '' },
  { path: 'shop/web.yaml', kind: 'file', mode: 0o644, mtime: 9, text: 'kind: Service\n' },
] as const

const TUTORIAL = tutorial()
const written = await snapshotOf(TUTORIAL, FILES)

describe("the tutorial's snapshot", () => {
  test('has less than 20 kB, of half a megabyte', () => {
    expect(written.canonicalBytes).toBeGreaterThan(500_000)
    expect(written.bytes.length).toBeLessThan(20_000)
    expect(isSnapshotId(written.id)).toBe(true)
  })

  test('is the same for the same state, whoever has it', async () => {
    const again = await snapshotOf(tutorial(), FILES)
    expect(again.id).toBe(written.id)
    expect(Buffer.compare(again.bytes, written.bytes)).toBe(0)
  })

  test('is another for another state', async () => {
    const ids = new Set([written.id])
    for (const other of [tutorial(5), { ...TUTORIAL, createdAt: 1 }]) {
      const { id } = await snapshotOf(other, FILES)
      ids.add(id)
    }
    ids.add((await snapshotOf(TUTORIAL)).id)
    expect(ids.size).toBe(4)
  })

  test('gives back every row to the letter, looked at or not', async () => {
    const rows = rowsOf(TUTORIAL, FILES)
    for (const options of [OURS, LINK]) {
      const read = await readWholeSnapshot(written.bytes, options)
      expect(read.id).toBe(written.id)
      expect(read.head).toEqual({ ...stateOf(TUTORIAL).head, hasHome: true })
      expect(read.rows).toEqual(rows)
    }
  })

  test('becomes a cluster that is in the same state and stays at rest', async () => {
    const { head, rows } = await readWholeSnapshot(written.bytes, LINK)
    const { running, files } = await clusterOf(head, rows)
    expect(files).toEqual(FILES)
    const again = await snapshotOf(running, FILES)
    expect(again.id).toBe(written.id)
  })
})

describe('clusters of every kind', () => {
  const custom = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: crontabs.stable.example.com}
spec:
  group: stable.example.com
  scope: Namespaced
  names: {plural: crontabs, singular: crontab, kind: CronTab}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
---
apiVersion: stable.example.com/v1
kind: CronTab
metadata: {name: mine}
spec: {cronSpec: "* <&> *", 2: two, 1: one}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: odd}
data: {__proto__: mine, constructor: "<é😀\\u2028>", at: 2026-01-01T00:00:00Z}
binaryData: {bytes: AAECAw==}
`
  test.each<[string, Running]>([
    ['bare', atRest({ template: 'bare' })],
    [
      'the largest settings',
      atRest({ nodes: 5, delays: 'real', proxyMode: 'nftables', dnsTTL: 0 }),
    ],
    ['with a definition and odd keys', atRest({}, custom)],
  ])('%s: come back and are let in', async (_name, running) => {
    const { id, bytes } = await snapshotOf(running)
    const read = await readWholeSnapshot(bytes, LINK)
    expect(read.id).toBe(id)
    expect(read.rows).toEqual(rowsOf(running))
    expect((await clusterOf(read.head, read.rows)).files).toBeUndefined()
  })

  test('what an older server stored can be taken as a snapshot', async () => {
    interface Stored {
      readonly tables: {
        readonly session: readonly (readonly [string, string])[]
        readonly revisions: readonly (readonly [number, string, string, string, string | null])[]
        readonly memory: readonly (readonly [string, string])[]
      }
    }
    const file = `${import.meta.dirname}/../../../fixtures/stored/format-1.json.gz`
    const { tables } = JSON.parse(gunzipSync(readFileSync(file)).toString()) as Stored
    const values = new Map(tables.session)
    const birth = JSON.parse(values.get('birth')!) as Pick<SnapshotHead, 'settings' | 'seed'> & {
      readonly createdAt: number
    }
    const moment = JSON.parse(values.get('moment')!) as Record<'session' | 'randomPosition', number>
    const newest = new Map<string, ObjectRow>()
    for (const [revision, resource, namespace, name, text] of tables.revisions) {
      const key = `${resource}/${namespace}/${name}`
      if (text === null) newest.delete(key)
      else newest.set(key, { kind: 'object', revision, resource, namespace, name, text })
    }
    const rows = [...newest.values(), ...tables.memory.map(memoryRow)].sort(compareRows)
    const { settings, seed } = birth
    const head: SnapshotHead = {
      settings,
      bornAt: birth.createdAt,
      seed,
      hasHome: false,
      now: moment.session,
      revision: tables.revisions.at(-1)![0],
      randomPosition: moment.randomPosition,
    }
    const { bytes } = await writeSnapshot(head, [rows], atOnce)
    expect(bytes.length).toBeLessThan(20_000)
    expect((await readWholeSnapshot(bytes, LINK)).rows).toEqual(rows)
  })
})

const memoryRow = ([key, value]: readonly [string, string]) =>
  ({ kind: 'memory', key, value }) as const

/** Rows as they may be stored: whatever objects hold. */
const arbitraryRows = fc
  .record({
    objects: fc.uniqueArray(fc.tuple(fc.nat({ max: 9 }), fc.json()), { selector: ([n]) => n }),
    memory: fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })),
    files: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.string({ unit: 'binary' })),
  })
  .map(({ objects, memory, files }): readonly SnapshotRow[] =>
    [
      ...objects.map(([number, spec]): ObjectRow => {
        const name = `n${number}`
        const text = `{"kind":"Kind","apiVersion":"v1","metadata":{"name":"${name}","uid":"u","resourceVersion":"${number + 1}"},"spec":${JSON.stringify(JSON.parse(spec))}}`
        return {
          kind: 'object',
          revision: number + 1,
          resource: 'kinds',
          namespace: '',
          name,
          text,
        }
      }),
      ...Object.entries(memory).map(memoryRow),
      ...Object.entries(files).map(([path, text]): SnapshotRow => ({
        kind: 'file',
        file: { path, kind: 'file', mode: 0o644, mtime: 1, text: text.toWellFormed() },
      })),
    ].sort(compareRows),
  )

const HEAD: SnapshotHead = {
  settings: { nodes: 3, template: 'bare' },
  bornAt: 1_700_000_000_000,
  seed: 7,
  now: 1_700_000_000_001,
  revision: 10,
  randomPosition: 3,
  hasHome: true,
}

describe('whatever rows hold', () => {
  test('they come back to the letter', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryRows, async (rows) => {
        const { id, bytes } = await writeSnapshot(HEAD, [rows], atOnce)
        expect(await readWholeSnapshot(bytes, OURS)).toEqual({ id, head: HEAD, rows })
        expect(rows.map((row) => readRow(rowLine(row).slice(0, -1)))).toEqual(rows)
      }),
    )
  })

  test('a snapshot with other bytes is refused, or says the same', async () => {
    const { id, bytes } = written
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 })), {
          minLength: 1,
        }),
        async (changes) => {
          const other = Uint8Array.from(bytes)
          for (const [at, byte] of changes) other[at] = byte
          expect(await outcomeOf(other)).toBeOneOf([id, 'refused'])
        },
      ),
      { numRuns: 200 },
    )
  })

  test('a snapshot that was cut off or went on is refused', async () => {
    for (const length of [0, 1, 3, 4, 35, 36, 37, 40, 41, 100, written.bytes.length - 1])
      expect(await outcomeOf(written.bytes.slice(0, length)), String(length)).toBe('refused')
    expect(await outcomeOf(Buffer.concat([written.bytes, Uint8Array.of(0)]))).toBe('refused')
  })

  test('any bytes are refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const ours = Buffer.concat([written.bytes.subarray(0, 36), bytes])
        expect(await outcomeOf(bytes)).toBe('refused')
        expect(await outcomeOf(ours)).toBe('refused')
      }),
    )
  })
})

const outcomeOf = async (bytes: Uint8Array): Promise<string> => {
  try {
    return (await readWholeSnapshot(bytes, LINK)).id
  } catch (error) {
    if (error instanceof SnapshotProblem) return 'refused'
    throw error
  }
}

describe('the canonical text', () => {
  test('says settings in one way', () => {
    const one = headLine({ ...HEAD, settings: { nodes: 3, template: 'bare', delays: undefined } })
    expect(one).toBe(headLine({ ...HEAD, settings: { template: 'bare', nodes: 3 } }))
    expect(readHead(one.trimEnd())).toEqual(HEAD)
    const more = { template: 'bare', nodes: 3, title: 'mine' } as const
    expect(headLine({ ...HEAD, settings: more })).toBe(one)
  })

  test('needs its rows in order', async () => {
    const rows = rowsOf(TUTORIAL)
    const swapped = [rows[1]!, rows[0]!]
    await expect(writeSnapshot(HEAD, [swapped], atOnce)).rejects.toThrow('not in order')
    await expect(writeSnapshot(HEAD, [[rows[0]!, rows[0]!]], atOnce)).rejects.toThrow(
      'not in order',
    )
  })
})

describe('a large cluster', () => {
  const rows = Array.from({ length: 3000 }, (_none, index): ObjectRow => {
    const name = `pod-${String(index).padStart(5, '0')}`
    const text = `{"kind":"Pod","apiVersion":"v1","metadata":{"name":"${name}","uid":"u${index}","resourceVersion":"${index + 1}"},"text":"${'abcdefghij'.repeat(100)}"}`
    return { kind: 'object', revision: index + 1, resource: 'pods', namespace: '', name, text }
  })
  const head = { ...HEAD, revision: 3000 }

  test('is written and read in slices, between which others have their turns', async () => {
    let turns = 0
    const pause = (): Promise<void> => {
      turns++
      return Promise.resolve()
    }
    const { bytes } = await writeSnapshot(head, [rows], pause)
    expect(turns).toBeGreaterThanOrEqual(2)
    turns = 0
    const { batches } = await openSnapshot(bytes, { ...OURS, pause })
    const sizes: number[] = []
    for await (const batch of batches()) sizes.push(batch.length)
    expect(turns).toBe(sizes.length)
    expect(Math.max(...sizes)).toBeLessThan(1500)
    expect(sizes.reduce((sum, size) => sum + size)).toBe(3000)
  })
})

test('a link brings a cluster along, which was started for a trial', async () => {
  const sent = Buffer.from(written.bytes).toString('base64url')
  expect((await readLinkedSnapshot(sent, atOnce)).id).toBe(written.id)
  for (const wrong of ['', '%', `${sent}=`, sent.slice(0, -8)])
    await expect(readLinkedSnapshot(wrong, atOnce)).rejects.toThrow(SnapshotProblem)
})

test('a cluster that cannot be started is refused', async () => {
  const rows = rowsOf(TUTORIAL)
  for (const [key, value] of [
    ['kube-proxy/past/x', '{'],
    ['settings/delays', '{"nodes":1000000000}'],
    ['settings/delays', '{"delays":{},"settings":{}}'],
    ['settings/delays', 'null'],
  ] as const) {
    const all = [...rows, memoryRow([key, value])].sort(compareRows)
    const head = { ...stateOf(TUTORIAL).head, hasHome: false }
    const { bytes } = await writeSnapshot(head, [all], atOnce)
    const reading = readLinkedSnapshot(Buffer.from(bytes).toString('base64url'), atOnce)
    await expect(reading, `${key} ${value}`).rejects.toMatchObject({ fault: 'not a cluster' })
  }
})

test('what was written when the encoding was made is read by every later server', async () => {
  // a new encoding or dictionary gets a new number, and this one is read on
  const file = `${import.meta.dirname}/../../../fixtures/stored/snapshot-1.json`
  const { id, snapshot } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>
  const { head, rows, ...read } = await readWholeSnapshot(Buffer.from(snapshot!, 'base64url'), LINK)
  expect(read.id).toBe(id)
  const { running, files } = await clusterOf(head, rows)
  expect(running.cluster.count('pods')).toBe(15)
  expect(files?.map(({ path }) => path)).toEqual(['shop', 'shop/bytes', 'shop/web.yaml'])
})
