import { diffDocument } from '#history/diff-document.ts'
import {
  type HistoryDocument,
  historyDocument,
  readHistoryQuery,
} from '#history/history-document.ts'
import { diffText, historyText, revisionText } from '#history/history-text.ts'
import { isProblem, readRevision, type HistoryProblem } from '#history/problem.ts'
import { revisionDocument } from '#history/revision-document.ts'
import type { Cluster } from '#cluster.ts'
import { settingsOf, type SettingsRequest } from '#settings.ts'
import { beforeAll, describe, expect, it, test } from 'vitest'
import { pod, service, workload } from '../../../support/cluster-scripts/builders.ts'
import { type Manifest, ScriptedCluster } from '../../../support/scripted-cluster.ts'
import { ask } from '../../../support/still.ts'
import { StoredCluster } from '../../../support/stored-cluster.ts'

const SETTINGS: SettingsRequest = { delays: 'lively' }

const web = workload('Deployment', 'web', 'nginx', { replicas: 2 })
const secret: Manifest = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'key', annotations: { note: 'hunter1' } },
  stringData: { password: 'hunter2' },
}

const HIDDEN = ['hunter', btoa('hunter2').slice(0, 8), btoa('hunter3').slice(0, 8)]

const life = (): ScriptedCluster => {
  const script = new ScriptedCluster({ settings: SETTINGS })
  script.advance(60_000)
  script.create(web)
  script.create(service('web', 'web', { ports: [{ port: 80, targetPort: 80 }] }))
  script.advance(30_000)
  script.merge(web, { spec: { replicas: 3 } })
  script.create(secret)
  script.merge(secret, { stringData: { password: 'hunter3', other: 'hunter4' } })
  script.advance(30_000)
  script.delete(secret)
  script.create(pod('bad', 'nosuch.example/image:1'))
  script.delete(service('web', 'web'))
  script.advance(30_000)
  return script
}

const sure = <T extends object>(value: T | HistoryProblem): T => {
  if (isProblem(value)) throw new Error(value.detail)
  return value
}

let cluster: Cluster
/** The same, of which only the later half is kept. */
let short: Cluster

beforeAll(() => {
  ;({ cluster } = life())
  ;({ cluster: short } = life())
  short.compact(50)
})

const says = (resource: string, name?: string): readonly string[] =>
  sure(
    historyDocument(cluster, {
      limit: 1000,
      resource,
      namespace: 'default',
      ...(name === undefined ? {} : { name }),
    }),
  ).revisions.map(({ what }) => what.says)

/** The last revision that says so. */
const revisionThat = (words: RegExp): number =>
  sure(historyDocument(cluster, { limit: 1000 })).revisions.findLast(({ what }) =>
    words.test(what.says),
  )!.revision

describe('history', () => {
  it('tells what happened to a Deployment', () => {
    expect(says('deploy', 'web')).toEqual([
      'Deployment default/web was created with 2 replicas',
      expect.stringMatching(/^Deployment default\/web: metadata\.annotations set/),
      'Deployment default/web: Pods 0 → 2 and Pods of the newest template 0 → 2',
      'Deployment default/web became available and finished its rollout: ready Pods 0 → 2',
      'Deployment default/web: replicas 2 → 3',
      expect.stringContaining('is no longer available'),
      'Deployment default/web: Pods 2 → 3 and Pods of the newest template 2 → 3',
      'Deployment default/web became available: ready Pods 2 → 3',
    ])
  })

  it('tells what happened to Pods and their Service', () => {
    const [first] = cluster
      .objects('pods')
      .filter(
        ({ metadata }) => metadata.namespace === 'default' && metadata.generateName !== undefined,
      )
    const { name } = first!.metadata
    expect(says('pods', name)).toEqual([
      expect.stringMatching(`Pod default/${name!} was created for ReplicaSet web-`),
      expect.stringMatching(`Pod default/${name!} was bound to node-`),
      `Pod default/${name!} has container main waiting (ContainerCreating)`,
      expect.stringMatching(
        `Pod default/${name!} became Ready, started container main and got the address 10\\.244\\.`,
      ),
    ])
    const slices = says('endpointslices').filter((text) => text.includes('default/web'))
    expect(slices[0]).toMatch(/was created for Service web with 0 endpoints$/)
    expect(slices[1]).toMatch(/got endpoints 10\.\S+ and 10\.\S+$/)
    expect(slices.at(-1)).toMatch(/was deleted$/)
    expect(says('services', 'web').at(-1)).toBe('Service default/web was deleted')
  })

  it('says who wrote, when, and because of what', () => {
    const [made] = sure(
      historyDocument(cluster, { resource: 'deployments.apps', name: 'web', after: 0 }),
    ).revisions
    expect(made).toMatchObject({
      at: '2026-01-01T00:01:00.000Z',
      by: { user: 'kubernetes-admin', agent: 'kubectl' },
      what: {
        verb: 'created',
        kind: 'Deployment',
        apiVersion: 'apps/v1',
        resource: 'deployments.apps',
        namespace: 'default',
        name: 'web',
      },
    })
    expect(made).not.toHaveProperty('cause')
    const ready = revisionThat(/^Pod default\/web\S+ became Ready/)
    const { revisions } = sure(historyDocument(cluster, { after: ready - 1, limit: 1 }))
    expect(revisions[0]).toMatchObject({ by: { component: 'kubelet' }, what: { verb: 'updated' } })
    expect(revisions[0]!.cause!.due).toBe(revisions[0]!.at)
  })

  it('is read page by page, or from its end', () => {
    const all = sure(historyDocument(cluster, { limit: 1000 }))
    expect(all.oldest).toBe(1)
    expect(all.newest).toBe(cluster.revision)
    const read: number[] = []
    for (let after: number | undefined = 0; after !== undefined;) {
      const page: HistoryDocument = sure(historyDocument(cluster, { after, limit: 77 }))
      read.push(...page.revisions.map(({ revision }) => revision))
      after = page.next
    }
    expect(read).toEqual(Array.from({ length: cluster.revision }, (_none, index) => index + 1))
    const last = sure(historyDocument(cluster, { limit: 5 })).revisions
    expect(last.map(({ revision }) => revision)).toEqual(read.slice(-5))
    expect(sure(historyDocument(cluster)).revisions).toHaveLength(100)
    expect(sure(historyDocument(cluster, { after: cluster.revision })).revisions).toEqual([])
  })

  test.each<readonly [string, Readonly<Record<string, string>>, object]>([
    ['nothing', {}, {}],
    [
      'all',
      { after: '3', limit: '20', resource: 'po', namespace: 'a', name: 'b' },
      { after: 3, limit: 20, resource: 'po', namespace: 'a', name: 'b' },
    ],
    [
      'no number',
      { after: '-1' },
      { status: 400, detail: expect.stringContaining('after: "-1" is no revision') },
    ],
    ['too great a number', { after: '9'.repeat(400) }, { status: 400 }],
    ['no limit', { limit: '0' }, { status: 400 }],
    [
      'a word for a limit',
      { limit: 'all' },
      { status: 400, detail: expect.stringContaining('from 1 to 1000') },
    ],
    ['traps', JSON.parse('{"__proto__": "x"}'), {}],
  ])('its query is read: %s', (_name, query, expected) => {
    expect(readHistoryQuery(cluster, query)).toMatchObject(expected)
  })

  test.each<readonly [string, (of: Cluster) => object, object]>([
    [
      'a revision that is not yet',
      (of) => revisionDocument(of, of.revision + 1, true),
      { status: 404, oldest: 50 },
    ],
    [
      'a revision that was dropped',
      (of) => revisionDocument(of, 49, true),
      { status: 410, detail: 'revision 49 is not kept any more: the oldest is 50', oldest: 50 },
    ],
    [
      'history after one that is not yet',
      (of) => historyDocument(of, { after: of.revision + 1 }),
      { status: 404 },
    ],
    [
      'history after one that was dropped',
      (of) => historyDocument(of, { after: 48 }),
      { status: 410 },
    ],
    [
      'a difference from the future',
      (of) => diffDocument(of, 60, of.revision + 1, true),
      { status: 404 },
    ],
    ['a difference from what was dropped', (of) => diffDocument(of, 49, 60, true), { status: 410 }],
    ['no number', (of) => revisionDocument(of, NaN, true), { status: 404 }],
    [
      'no resource',
      (of) => historyDocument(of, { resource: 'unicorns' }),
      { status: 400, detail: expect.stringContaining('"unicorns"') },
    ],
    [
      'no resource in a difference',
      (of) => diffDocument(of, 60, 61, true, { resource: '' }),
      { status: 400 },
    ],
    ['a word', (of) => readRevision(of, 'newest') as object, { status: 400 }],
  ])('%s is a problem', (_name, document, expected) => {
    expect(document(short)).toMatchObject(expected)
    expect(historyDocument(short, { after: 49, limit: 1 })).toMatchObject({
      oldest: 50,
      revisions: [{ revision: 50 }],
    })
  })
})

describe('a revision', () => {
  it('comes with what it changed and the object before and after', () => {
    const document = sure(revisionDocument(cluster, revisionThat(/web: replicas 2 → 3/), true))
    expect(document.changes).toEqual([
      { path: 'metadata.generation', from: 1, to: 2 },
      { path: 'spec.replicas', from: 2, to: 3 },
    ])
    expect(document.before).toMatchObject({ spec: { replicas: 2 } })
    expect(document.after).toMatchObject({ spec: { replicas: 3 } })
    expect(document.after!.metadata).not.toHaveProperty('managedFields')
    const gone = sure(
      revisionDocument(cluster, revisionThat(/Service default\/web was deleted/), true),
    )
    expect(gone).toHaveProperty('before')
    expect(gone).not.toHaveProperty('after')
    expect(gone.changes).toEqual([])
  })

  it('comes with the chain of what led to it', () => {
    const revision = revisionThat(/^EndpointSlice default\/web\S+ got endpoint 10/)
    const { causes, story } = sure(revisionDocument(cluster, revision, true))
    expect(causes.map(({ what, by }) => `${JSON.stringify(by)} ${what.says}`).reverse()).toEqual([
      '{"user":"kubernetes-admin","agent":"kubectl"} Deployment default/web: replicas 2 → 3',
      expect.stringMatching(/"deployment-controller"} ReplicaSet default\/web-\S+: replicas 2 → 3/),
      expect.stringMatching(
        /"replicaset-controller"} Pod default\/web-\S+ was created for ReplicaSet/,
      ),
      expect.stringMatching(/"kube-scheduler"} Pod default\/web-\S+ was bound to node-/),
      expect.stringMatching(/"kubelet"} Pod default\/web-\S+ became Ready/),
      expect.stringMatching(
        /"endpointslice-controller"} EndpointSlice default\/web-\S+ got endpoint/,
      ),
    ])
    expect(story).toMatch(
      /^EndpointSlice \S+ got endpoint 10\S+, because Pod \S+ became Ready, .* \(revision \d+\), because 1\.2 s had passed since Pod \S+ was bound .*, because kubernetes-admin asked for it with kubectl\.$/,
    )
  })

  it('says where the chain was cut', () => {
    const { cluster: cut } = life()
    const ready = revisionThat(/^Pod default\/web\S+ became Ready/)
    cut.compact(ready)
    const { causes } = sure(revisionDocument(cut, ready, true))
    expect(causes).toHaveLength(1)
    expect(causes[0]!.because).toMatch(/^because of revision \d+, which is not kept any more$/)
  })

  it('leads to what it was before where its cause is not known any more', () => {
    const stored = new StoredCluster({
      seed: 1,
      settings: settingsOf(SETTINGS),
      createdAt: 1_767_225_600_000,
    })
    stored.cluster.advance(stored.cluster.now + 60_000)
    stored.save()
    ask(stored.cluster, '/api/v1/namespaces/default/pods', {
      method: 'POST',
      body: pod('one', 'nginx'),
    })
    stored.save()
    stored.rebuild()
    stored.cluster.advance(stored.cluster.now + 30_000)
    const again = stored.cluster
    const ready = sure(historyDocument(again, { resource: 'pods', name: 'one' })).revisions.at(-1)!
    const { causes } = sure(revisionDocument(again, ready.revision, true))
    expect(causes[0]).toMatchObject({
      isGuess: true,
      because: expect.stringContaining('after Pod default/one') as unknown,
    })
    expect(causes.at(-1)).toMatchObject({
      by: { user: 'kubernetes-admin' },
      what: { verb: 'created' },
    })
  })
})

describe('what a Secret holds', () => {
  const documents = (withSecrets: boolean): readonly object[] => {
    const { revisions } = sure(
      historyDocument(cluster, { resource: 'secrets', name: 'key', limit: 1000 }),
    )
    const numbers = revisions.map(({ revision }) => revision)
    return [
      ...revisions,
      ...numbers.map((revision) => revisionDocument(cluster, revision, withSecrets)),
      diffDocument(cluster, numbers[0]!, numbers[1]!, withSecrets, { name: 'key' }),
      diffDocument(cluster, numbers[0]! - 1, numbers[1]!, withSecrets, { name: 'key' }),
    ]
  }

  it('is not shown to those who may not read it', () => {
    const text = JSON.stringify(documents(false))
    for (const value of HIDDEN) expect(text).not.toContain(value)
    expect(text).toContain('"path":"data.password"')
    expect(text).toContain('(hidden)')
  })

  it('is shown to those who may', () => {
    expect(JSON.stringify(documents(true))).toContain(btoa('hunter3'))
  })
})

describe('a difference', () => {
  it('tells what came, went and changed', () => {
    const created = revisionThat(/Deployment default\/web was created/)
    const scaled = revisionThat(/web: replicas 2 → 3/)
    const document = sure(
      diffDocument(cluster, created - 1, scaled, true, { namespace: 'default' }),
    )
    expect(
      document.added
        .filter(({ kind }) => kind !== 'Event')
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(['Deployment', 'EndpointSlice', 'Endpoints', 'Pod', 'Pod', 'ReplicaSet', 'Service'])
    expect(document.removed).toEqual([])
    const back = sure(diffDocument(cluster, scaled, created - 1, true, { namespace: 'default' }))
    expect(back.removed).toEqual(document.added)
    expect(back.added).toEqual([])
    const one = sure(diffDocument(cluster, scaled - 1, scaled, true))
    expect(one).toMatchObject({
      counts: { added: 0, removed: 0, changed: 1 },
      changed: [
        {
          kind: 'Deployment',
          name: 'web',
          changes: [{ path: 'metadata.generation' }, { path: 'spec.replicas', from: 2, to: 3 }],
        },
      ],
    })
    expect(sure(diffDocument(cluster, 5, 5, true)).counts).toEqual({
      added: 0,
      removed: 0,
      changed: 0,
    })
  })

  it('tells so many objects and no more', () => {
    const script = new ScriptedCluster({ settings: { template: 'bare', delays: 'instant' } })
    const before = script.cluster.revision
    for (let index = 0; index < 320; index++)
      script.create({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: `map-${index}` },
        data: { a: 'b' },
      })
    const document = sure(diffDocument(script.cluster, before, script.cluster.revision, true))
    expect(document.counts.added).toBe(320)
    expect(document.added).toHaveLength(300)
    expect(document.isCut).toBe(true)
  })

  it('tells that an object was made again', () => {
    const script = new ScriptedCluster({ settings: { template: 'bare', delays: 'instant' } })
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: 'b' } }
    script.create(map)
    const before = script.cluster.revision
    script.delete(map)
    script.create(map)
    const { counts } = sure(diffDocument(script.cluster, before, script.cluster.revision, true))
    expect(counts).toEqual({ added: 1, removed: 1, changed: 0 })
  })
})

describe('for terminals', () => {
  it('history stands in columns', () => {
    const text = historyText(sure(historyDocument(cluster, { resource: 'deploy', name: 'web' })))
    const [head, ...lines] = text.split('\n')
    expect(head).toMatch(/^REVISION +TIME +BY +BECAUSE OF +WHAT$/)
    const column = head!.indexOf('WHAT')
    for (const line of lines.slice(0, 8))
      expect(line.slice(column)).toMatch(/^Deployment default\/web/)
    expect(text).toMatch(new RegExp(`Revisions 1 to ${cluster.revision} are kept\\.\n$`))
  })

  it('a revision is told with how it came about', () => {
    const revision = revisionThat(/^EndpointSlice default\/web\S+ got endpoint 10/)
    const text = revisionText(sure(revisionDocument(cluster, revision, true)))
    expect(text).toMatch(/What: +EndpointSlice default\/web\S+ got endpoint/)
    const story = text.slice(text.indexOf('How it came about'))
    expect(story.indexOf('replicas 2 → 3')).toBeLessThan(story.indexOf('became Ready'))
    expect(story).toContain('because kubernetes-admin asked for it with kubectl')
  })

  it('a difference has a line for each object', () => {
    const scaled = revisionThat(/web: replicas 2 → 3/)
    expect(diffText(sure(diffDocument(cluster, scaled - 1, scaled, true)))).toBe(
      `From revision ${scaled - 1} to ${scaled}: 0 added, 0 removed, 1 changed.\n\n~ Deployment default/web\n  metadata.generation: 1 → 2\n  spec.replicas: 2 → 3\n`,
    )
  })

  it('nothing that was written moves the cursor', () => {
    const script = new ScriptedCluster({ settings: { template: 'bare', delays: 'instant' } })
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: 'b' } }
    script.create(map)
    script.merge(map, { data: { a: '\u001b[2J\u009b\n' } })
    const { revision } = script.cluster
    const told = [
      historyText(sure(historyDocument(script.cluster, { limit: 3 }))),
      revisionText(sure(revisionDocument(script.cluster, revision, true))),
      diffText(sure(diffDocument(script.cluster, revision - 1, revision, true))),
    ].join('')
    expect(told.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
  })
})
