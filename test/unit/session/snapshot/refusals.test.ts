import { createHash } from 'node:crypto'
import { brotliCompressSync, constants } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import {
  headLine,
  type ObjectRow,
  rowLine,
  type SnapshotHead,
  type SnapshotRow,
} from '../../../../durable-objects/session/snapshot/canonical.ts'
import {
  LINK_LIMITS,
  type SnapshotLimits,
} from '../../../../durable-objects/session/snapshot/limits.ts'
import { NumberWriter } from '../../../../durable-objects/session/snapshot/numbers.ts'
import { SnapshotProblem } from '../../../../durable-objects/session/snapshot/problem.ts'
import { readWholeSnapshot } from '../../../../durable-objects/session/snapshot/read-snapshot.ts'
import { writeSnapshot } from '../../../../durable-objects/session/snapshot/write-snapshot.ts'
import { atOnce } from '../../../support/snapshots.ts'

const HEAD: SnapshotHead = {
  settings: { template: 'bare' },
  bornAt: 1_700_000_000_000,
  seed: 7,
  now: 1_700_000_000_001,
  revision: 100,
  randomPosition: 3,
  hasHome: true,
}

/** A snapshot of these lines, as this server would write it if it looked at nothing: its hash is right. */
const forged = (lines: readonly string[], seed = HEAD.seed): Uint8Array => {
  const text = Buffer.from(lines.join(''))
  const digest = createHash('sha256').update(text).digest()
  const plain = numbers(text.length, 0, 0, 0, 0)
  return Buffer.concat([
    Uint8Array.of(0x4b, 0x53, 1, 1),
    digest,
    numbers(seed),
    block(Buffer.concat([plain, text])),
    Uint8Array.of(0),
  ])
}

const numbers = (...values: readonly number[]): Uint8Array => {
  const writer = new NumberWriter()
  for (const value of values) writer.put(value)
  return writer.bytes
}

const block = (plain: Uint8Array, length = plain.length): Uint8Array => {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_LGWIN]: 24 }
  const compressed = brotliCompressSync(plain, { params })
  return Buffer.concat([numbers(length, compressed.length), compressed])
}

const refusalOf = async (
  bytes: Uint8Array,
  limits: SnapshotLimits = LINK_LIMITS,
): Promise<{ readonly fault: string; readonly message: string }> => {
  try {
    await readWholeSnapshot(bytes, { limits, writtenBy: 'anybody', pause: atOnce })
  } catch (error) {
    if (!(error instanceof SnapshotProblem)) throw error
    return { fault: error.fault, message: error.message }
  }
  return { fault: 'none', message: '' }
}

const withHead = (head: object): Uint8Array => {
  const whole = JSON.parse(headLine(HEAD)) as object
  return forged([`${JSON.stringify({ ...whole, ...head })}\n`])
}

describe('what is no snapshot of this version', () => {
  test.each<[string, Uint8Array, string, string]>([
    ['nothing', new Uint8Array(), 'not ours', 'Copy the whole link'],
    ['a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47), 'not ours', 'no snapshot of Kubarium'],
    ['a newer encoding', Uint8Array.of(0x4b, 0x53, 2, 1), 'newer', 'where it was made'],
    ['a newer dictionary', Uint8Array.of(0x4b, 0x53, 1, 9), 'newer', 'where it was made'],
    ['a version that never was', Uint8Array.of(0x4b, 0x53, 0, 1), 'damaged', 'never was'],
    ['a newer format', withHead({ format: 'kubarium-snapshot/2' }), 'newer', 'kubarium-snapshot/2'],
    ['another format', withHead({ format: 'x' }), 'not a cluster', 'its head is wrong'],
    ['no head', forged(['{"memory":["a","b"]}\n']), 'not a cluster', 'its head is wrong'],
    ['no JSON', forged(['hello\n']), 'damaged', 'not JSON'],
    ['a line without end', forged([headLine(HEAD).trimEnd()]), 'damaged', 'no end'],
    ['another seed', forged([headLine(HEAD)], 8), 'damaged', 'its seed is wrong'],
  ])('%s is refused', async (_name, bytes, fault, words) => {
    expect(await refusalOf(bytes)).toEqual({ fault, message: expect.stringContaining(words) })
  })

  test('the one that the others differ from is taken', async () => {
    expect(await refusalOf(forged([headLine(HEAD)]))).toMatchObject({ fault: 'none' })
  })
})

describe('a head', () => {
  test.each<[string, object]>([
    ['a billion nodes', { settings: { nodes: 1e9 } }],
    ['no nodes', { settings: { nodes: 0 } }],
    ['settings that nobody knows', { settings: { speed: 1 } }],
    ['a template that nobody knows', { settings: { template: '__proto__' } }],
    ['delays of a year', { settings: { proxySync: 3e10 } }],
    ['a preset that is a key of every object', { settings: { delays: 'constructor' } }],
    ['a seed that is no number of 32 bits', { seed: 2 ** 40 }],
    ['a time that is none', { now: 1e30 }],
    ['a time before its birth', { now: 1 }],
    ['a fraction of a revision', { revision: 1.5 }],
    ['a revision below zero', { revision: -1 }],
    ['chance beyond all numbers', { randomPosition: 1e300 }],
    ['a field that nobody knows', { title: 'mine' }],
  ])('with %s is refused', async (_name, head) => {
    expect(await refusalOf(withHead(head))).toMatchObject({ fault: 'not a cluster' })
  })

  test('that was written otherwise would have another hash for the same state', async () => {
    const spaced = headLine(HEAD).replace('{"template"', '{ "template"')
    for (const bytes of [forged([spaced]), withHead({ settings: [] })])
      expect(await refusalOf(bytes)).toMatchObject({ fault: 'damaged' })
  })
})

const object = (
  { resource = 'configmaps', text, ...metadata }: Record<string, unknown> = {},
  body: object = {},
): string => {
  const whole = {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { name: 'web', namespace: 'default', uid: 'u', resourceVersion: '1', ...metadata },
    ...body,
  }
  return `{"resource":${JSON.stringify(resource)},"object":${(text as string | undefined) ?? JSON.stringify(whole)}}\n`
}

const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`
const custom = { kind: 'CronTab', apiVersion: 'stable.example.com/v1' }

describe('an object', () => {
  test.each<[string, readonly string[], string]>([
    [
      'of a resource that nobody serves',
      [object({ resource: 'crontabs.stable.example.com' }, custom)],
      'nothing serves crontabs',
    ],
    [
      'of a resource that is a key of every object',
      [object({ resource: '__proto__' })],
      'nothing serves __proto__',
    ],
    ['of another kind', [object({}, { kind: 'Secret' })], 'is a v1 Secret'],
    ['of another version', [object({}, { apiVersion: 'v2' })], 'is a v2 ConfigMap'],
    ['without a kind', [object({}, { kind: 5 })], 'no object of Kubernetes'],
    [
      'without metadata',
      [object({ text: '{"kind":"ConfigMap","apiVersion":"v1"}' })],
      'has no name',
    ],
    ['that is a list', [object({ text: '[]' })], 'has no name'],
    ['that is nothing', [object({ text: 'null' })], 'has no name'],
    ['without a name', [object({ name: '' })], 'has no name'],
    ['with too long a name', [object({ name: 'a'.repeat(1000) })], 'too long a name'],
    ['without a namespace', [object({ namespace: '' })], 'has no namespace'],
    ['with a namespace that is a number', [object({ namespace: 5 })], 'has no namespace'],
    ['without a UID', [object({ uid: '' })], 'has no UID'],
    ['with a UID that is a number', [object({ uid: 5 })], 'has no UID'],
    ['without a revision', [object({ resourceVersion: '' })], 'no resourceVersion'],
    ['with a revision that is a number', [object({ resourceVersion: 1 })], 'no resourceVersion'],
    ['with a revision of zeros', [object({ resourceVersion: '01' })], 'no resourceVersion'],
    ['of a revision that never was', [object({ resourceVersion: '101' })], 'never was'],
    ['of the same revision as another', [object(), object({ name: 'web2' })], 'same revision'],
    ['that is there twice', [object(), object({ resourceVersion: '2' })], 'twice'],
    [
      'out of order',
      [object({ name: 'b' }), object({ name: 'a', resourceVersion: '2' })],
      'not in order',
    ],
    ['behind what components keep', ['{"memory":["a","b"]}\n', object()], 'not in order'],
    ['with labels that are numbers', [object({ labels: { app: 5 } })], 'another shape'],
    ['with labels that are a list', [object({ labels: ['app'] })], 'another shape'],
    ['with data that are numbers', [object({}, { data: { key: 5 } })], 'another shape'],
    ['with a field that nobody knows', [object({}, { date: {} })], 'unknown field'],
    [
      'with a prototype',
      [
        object({
          text: '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"web","namespace":"default","uid":"u","resourceVersion":"1"},"__proto__":{"data":5}}',
        }),
      ],
      'unknown field',
    ],
    [
      'with a key that the API server would not take',
      [object({}, { data: { 'a/b': '' } })],
      'data[a/b]',
    ],
    [
      'with spaces',
      [
        object({
          text: '{"kind":"ConfigMap", "apiVersion":"v1","metadata":{"name":"web","namespace":"default","uid":"u","resourceVersion":"1"}}',
        }),
      ],
      'written otherwise',
    ],
    [
      'with a field twice',
      [
        object({
          text: '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"web","namespace":"default","uid":"u","resourceVersion":"1"},"data":{},"data":{}}',
        }),
      ],
      'written otherwise',
    ],
    [
      'with its resource in other letters',
      [object().replace('"configmaps"', '"\\u0063onfigmaps"')],
      'a line is wrong',
    ],
    ['that goes on', [object().replace('\n', ' \n')], 'a line is wrong'],
    ['with text behind it', [object().replace('}}\n', '}}}\n')], 'not JSON'],
  ])('%s is refused', async (_name, lines, words) => {
    const { fault, message } = await refusalOf(forged([headLine(HEAD), ...lines]))
    expect(fault).not.toBe('none')
    expect(message).toContain(words)
  })

  test('that differs from these in nothing is taken', async () => {
    const good = object({}, { data: { constructor: 'x' } }).replace('constructor', '__proto__')
    expect(await refusalOf(forged([headLine(HEAD), good]))).toMatchObject({ fault: 'none' })
  })

  test.each([1000, 100_000, 900_000])('that is %d levels deep is refused', async (levels) => {
    const text = `{"kind":"CronTab","apiVersion":"stable.example.com/v1","metadata":{"name":"web","namespace":"default","uid":"u","resourceVersion":"1"},"spec":${deep(levels)}}`
    const lines = [object({ resource: 'crontabs.stable.example.com', text })]
    const { fault, message } = await refusalOf(forged([headLine(HEAD), ...lines]))
    expect({ fault, message }).toMatchObject({
      fault: 'not a cluster',
      message: expect.stringContaining('deeper'),
    })
  })

  test.each<[string, object, string]>([
    ['a Pod without a spec', { kind: 'Pod' }, 'pods'],
    ['a Pod whose spec is a number', { kind: 'Pod', spec: 5 }, 'pods'],
    ['a Pod without containers', { kind: 'Pod', spec: { containers: [] } }, 'pods'],
    ['a Service without ports', { kind: 'Service', spec: { type: 'NodePort' } }, 'services'],
    [
      'a Deployment of nothing',
      { kind: 'Deployment', apiVersion: 'apps/v1', spec: {} },
      'deployments.apps',
    ],
    [
      'a Deployment with a thousandth of a Pod',
      { kind: 'Deployment', apiVersion: 'apps/v1', spec: { replicas: 0.001 } },
      'deployments.apps',
    ],
    ['a Job without a template', { kind: 'Job', apiVersion: 'batch/v1' }, 'jobs.batch'],
  ])('%s is refused', async (_name, body, resource) => {
    const { fault, message } = await refusalOf(forged([headLine(HEAD), object({ resource }, body)]))
    expect(fault).toBe('not a cluster')
    expect(message).toContain(`${resource} default/web`)
  })
})

const file = (attributes: object): string =>
  `{"file":${JSON.stringify({ path: 'a', kind: 'file', mode: 420, mtime: 1, text: '', ...attributes })}}\n`

describe('other lines', () => {
  test.each<[string, string]>([
    ['what components keep that is no text', '{"memory":["a",5]}\n'],
    ['what components keep under no key', '{"memory":["a"]}\n'],
    ['a line that is nothing', '{}\n'],
    ['an empty line', '\n'],
    ['a file that leads out', file({ path: '../a' })],
    ['a file from the root', file({ path: '/a' })],
    ['a file in no folder', file({ path: 'a//b' })],
    ['a file in a thousand folders', file({ path: 'a/'.repeat(1000) + 'b' })],
    ['a device', file({ kind: 'device' })],
    ['a mode of more than its bits', file({ mode: 0o10000 })],
    ['a file of the future', file({ mtime: 1e30 })],
    ['a file with two contents', file({ base64: '' })],
    ['a file whose base64 is another text', file({ text: undefined, base64: 'YQ==' })],
    ['a directory with a text', file({ kind: 'directory', text: 'x' })],
  ])('%s is refused', async (_name, line) => {
    const { fault } = await refusalOf(forged([headLine(HEAD), line]))
    expect(fault).not.toBe('none')
  })

  test('a file is taken, unless the head says that there are none', async () => {
    const lines = [file({})]
    expect(await refusalOf(forged([headLine(HEAD), ...lines]))).toMatchObject({ fault: 'none' })
    const head = headLine({ ...HEAD, hasHome: false })
    expect(await refusalOf(forged([head, ...lines]))).toMatchObject({ fault: 'not a cluster' })
  })
})

describe('more than is read', () => {
  const zeros = (megabytes: number): Uint8Array => new Uint8Array(megabytes * 1024 * 1024)
  const envelope = (...blocks: readonly Uint8Array[]): Uint8Array =>
    Buffer.concat([
      Uint8Array.of(0x4b, 0x53, 1, 1),
      new Uint8Array(32),
      numbers(7),
      ...blocks,
      Uint8Array.of(0),
    ])

  test('a block that says that it has gigabytes is refused before it is inflated', async () => {
    const bytes = envelope(block(zeros(1), 4e9))
    expect(await refusalOf(bytes)).toMatchObject({ fault: 'too large' })
  })

  test('a block that has more than it says is refused while it is inflated', async () => {
    const bytes = envelope(block(zeros(64), 1000))
    expect(bytes.length).toBeLessThan(1000)
    expect(await refusalOf(bytes)).toMatchObject({ fault: 'damaged' })
  })

  test('copies that come to gigabytes are refused before they are made', async () => {
    const copies = numbers(...Array.from({ length: 3000 }, () => [0, 600_000, 0]).flat())
    const plain = Buffer.concat([numbers(1.8e9, copies.length, 0, 0, 0), copies])
    expect(await refusalOf(envelope(block(plain)))).toMatchObject({ fault: 'too large' })
    const short = Buffer.concat([numbers(1e6, copies.length, 0, 0, 0), copies])
    expect(await refusalOf(envelope(block(short)))).toMatchObject({ fault: 'damaged' })
  })

  test('holes that come to many times their text are refused while they are filled', async () => {
    const holes = 1_000_000
    const text = Buffer.from(`"${'\u0001'.repeat(holes)}"\n`)
    const plain = Buffer.concat([numbers(text.length, 0, holes, 0, 0), new Uint8Array(holes), text])
    expect(await refusalOf(envelope(block(plain)))).toMatchObject({ fault: 'too large' })
  })

  const rows = Array.from({ length: 50 }, (_none, index): SnapshotRow => ({
    kind: 'memory',
    key: `key-${String(index).padStart(3, '0')}`,
    value: 'x'.repeat(100),
  }))
  const files = Array.from({ length: 20 }, (_none, index): SnapshotRow => ({
    kind: 'file',
    file: {
      path: `f${String(index).padStart(3, '0')}`,
      kind: 'file',
      mode: 420,
      mtime: 1,
      text: 'x',
    },
  }))

  test.each<[string, Partial<SnapshotLimits>]>([
    ['bytes', { bytes: 2000 }],
    ['rows', { rows: 69 }],
    ['files', { files: 19 }],
    ['bytes of files', { fileBytes: 99 }],
    ['bytes of a line', { lineBytes: 100 }],
    ['bytes of the snapshot itself', { compressedBytes: 100 }],
  ])('%s are counted', async (_name, less) => {
    const { bytes } = await writeSnapshot(HEAD, [rows, files], atOnce)
    expect(await refusalOf(bytes)).toMatchObject({ fault: 'none' })
    const refusal = await refusalOf(bytes, { ...LINK_LIMITS, ...less })
    expect(refusal).toMatchObject({ fault: 'too large', message: expect.stringContaining('fork') })
  })

  test('an object that is larger than a block comes back whole', async () => {
    const data = { key: 'é'.repeat(900_000) }
    const row: ObjectRow = {
      kind: 'object',
      revision: 1,
      resource: 'configmaps',
      namespace: 'default',
      name: 'web',
      text: object({}, { data }).slice('{"resource":"configmaps","object":'.length, -2),
    }
    const { bytes } = await writeSnapshot(HEAD, [[row]], atOnce)
    const limits = LINK_LIMITS
    const read = await readWholeSnapshot(bytes, { limits, writtenBy: 'this server', pause: atOnce })
    expect(read.rows.map(rowLine)).toEqual([rowLine(row)])
  })
})
