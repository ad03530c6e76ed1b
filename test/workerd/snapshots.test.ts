import { brotliCompressSync, constants } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { SnapshotRow } from '../../durable-objects/session/snapshot/canonical.ts'
import { LINK_LIMITS, STORED_LIMITS } from '../../durable-objects/session/snapshot/limits.ts'
import { NumberWriter } from '../../durable-objects/session/snapshot/numbers.ts'
import { SnapshotProblem } from '../../durable-objects/session/snapshot/problem.ts'
import { readWholeSnapshot } from '../../durable-objects/session/snapshot/read-snapshot.ts'
import { writeSnapshot } from '../../durable-objects/session/snapshot/write-snapshot.ts'

// The encoding is tested in Node: here, that workerd has all that it needs, and that both come to the same.

const HEAD = {
  settings: {},
  bornAt: 1_700_000_000_000,
  seed: 7,
  now: 1_700_000_000_001,
  revision: 4000,
  randomPosition: 3,
  hasHome: true,
}

const pod = (index: number): SnapshotRow => {
  const name = `web-${String(index).padStart(5, '0')}`
  const text = `{"kind":"Pod","apiVersion":"v1","metadata":{"name":"${name}","namespace":"default","uid":"u${index}","resourceVersion":"${index + 1}","creationTimestamp":"2026-11-23T11:40:39Z"},"spec":{"containers":[{"name":"nginx","image":"nginx:1.29","resources":{},"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File","imagePullPolicy":"IfNotPresent"}],"restartPolicy":"Always","terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst","securityContext":{},"schedulerName":"default-scheduler"}}`
  return { kind: 'object', revision: index + 1, resource: 'pods', namespace: 'default', name, text }
}

const ROWS: readonly SnapshotRow[] = [
  ...Array.from({ length: 4000 }, (_none, index) => pod(index)),
  { kind: 'memory', key: 'kubelet/address/node-1', value: 'é😀' },
  {
    kind: 'file',
    file: { path: 'a', kind: 'file', mode: 0o644, mtime: 5, text: '\udcffé' },
  },
]

describe('a snapshot within workerd', () => {
  test('comes back, looked at or not, and has the id that it has elsewhere', async () => {
    const { id, bytes } = await writeSnapshot(HEAD, [ROWS])
    expect(id).toBe('x6vwswy3ohguhlkv7ptwf3etsoftwnroligiyyqr45foy4kory3q')
    for (const options of [
      { limits: STORED_LIMITS, writtenBy: 'this server' },
      { limits: LINK_LIMITS, writtenBy: 'anybody' },
    ] as const)
      expect(await readWholeSnapshot(bytes, options)).toEqual({ id, head: HEAD, rows: ROWS })
  })

  test('is not inflated beyond what it says of itself', async () => {
    const numbers = new NumberWriter()
    const params = { [constants.BROTLI_PARAM_QUALITY]: 1 }
    const compressed = brotliCompressSync(new Uint8Array(64 * 1024 * 1024), { params })
    for (const number of [7, 1000, compressed.length]) numbers.put(number)
    const bytes = Buffer.concat([
      Uint8Array.of(0x4b, 0x53, 1, 1),
      new Uint8Array(32),
      numbers.bytes,
      compressed,
      Uint8Array.of(0),
    ])
    const reading = readWholeSnapshot(bytes, { limits: LINK_LIMITS, writtenBy: 'anybody' })
    await expect(reading).rejects.toThrow(SnapshotProblem)
  })
})
