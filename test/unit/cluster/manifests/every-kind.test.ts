import { readFileSync } from 'node:fs'
import type { UserInfo } from '#api/strategy.ts'
import { type JsonObject, type KubeObject, withSortedKeys } from '#apimachinery/object.ts'
import { builtInResources } from '#kube-apiserver/resources.ts'
import { applyManifests } from '#manifests/apply.ts'
import { exportObjects } from '#manifests/export.ts'
import { importManifests } from '#manifests/import.ts'
import { readManifests } from '#manifests/read.ts'
import { describe, expect, test } from 'vitest'
import { RawApi } from '../../../support/raw-api.ts'

const EVERY_KIND = readFileSync('test/fixtures/manifests/every-kind.yaml', 'utf8')

const ADMINISTRATOR: UserInfo = {
  username: 'kubernetes-admin',
  groups: ['system:masters', 'system:authenticated'],
}

/** What parts of the cluster make, and nobody writes. */
const NOBODYS = [
  'controllerrevisions.apps',
  'csinodes.storage.k8s.io',
  'events',
  'ipaddresses.networking.k8s.io',
  'leases.coordination.k8s.io',
  'nodes',
  'volumeattachments.storage.k8s.io',
]

/** Kinds that can be made and are kept. */
const KINDS = new Set(
  builtInResources()
    .filter(({ name, group, discovery }) => {
      const isKept = ['create', 'list', 'delete'].every((verb) => discovery.verbs.includes(verb))
      return (
        isKept && group !== 'kubarium.dev' && !NOBODYS.includes(name) && !group.startsWith('events')
      )
    })
    .map(({ kind }) => kind),
)

const cluster = (): RawApi => new RawApi({ template: 'default', loadBalancer: 'cloud' })

/** Applies, and lets what follows happen. */
const applied = (text: string): RawApi => {
  const api = cluster()
  const { results, error } = applyManifests(api.cluster, ADMINISTRATOR, text)
  expect(error).toBeUndefined()
  expect(results).toHaveLength(readManifests(text).length)
  api.cluster.advance(api.cluster.now + 60_000)
  return api
}

const exported = (api: RawApi): string => exportObjects(api.cluster, 'yaml', true)

const DIFFERENT: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID'],
  [/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME'],
  [/\b(10|192|203|198)\.\d+\.\d+\.\d+(\/\d+)?\b/g, 'ADDRESS'],
  [/[0-9a-f]{64}/g, 'HASH'],
  [/"token":"[^"]+"/g, '"token":"TOKEN"'],
  [/node-\d/g, 'NODE'],
  [/-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '-X'],
  [/"(resourceVersion|observedGeneration|generation)":"?\d+"?/g, '"$1":N'],
]

const OTHERWISE = new Set(['events', 'leases.coordination.k8s.io', 'ipaddresses.networking.k8s.io'])

const withoutOrigin = ({ metadata, ...object }: KubeObject): JsonObject => {
  const { managedFields: _fields, annotations = {}, ...rest } = metadata
  const { 'kubectl.kubernetes.io/last-applied-configuration': _last, ...kept } = annotations
  return { ...object, metadata: { ...rest, annotations: kept } } as unknown as JsonObject
}

/** What there is in a cluster, without what another one like it has otherwise. */
const settled = ({ cluster: of }: RawApi): readonly string[] =>
  of
    .resources()
    .filter((resource) => !OTHERWISE.has(resource))
    .flatMap((resource) =>
      of.objects(resource).map((object) => {
        const text = JSON.stringify(withSortedKeys(withoutOrigin(object)))
        const plain = DIFFERENT.reduce(
          (whole, [pattern, word]) => whole.replace(pattern, word),
          text,
        )
        return `${resource} ${plain}`
      }),
    )
    .toSorted()

const differences = (a: readonly string[], b: readonly string[]) => [
  ...a.filter((line) => !b.includes(line)),
  ...b.filter((line) => !a.includes(line)),
]

describe('every kind that somebody can write', () => {
  const first = applied(EVERY_KIND)
  const text = exported(first)

  test('is exported', () => {
    const kinds = new Set(readManifests(text).map(({ object }) => object['kind']))
    expect([...KINDS].filter((kind) => !kinds.has(kind))).toEqual([])
    const count = (of: string) => readManifests(of).length
    // the claims of a StatefulSet hold what was written to them
    expect(count(text)).toBe(count(EVERY_KIND) + 2)
  })

  test('makes the same in another session, to the byte', () => {
    const second = applied(text)
    expect(exported(second)).toBe(text)
    expect(differences(settled(first), settled(second))).toEqual([])
  })

  test('is left alone where it was applied already', () => {
    const { results } = applyManifests(first.cluster, ADMINISTRATOR, text)
    expect(results.filter(({ result }) => result === 'created')).toEqual([])
    expect(exported(first)).toBe(text)
  })

  test('is the same when it is imported from what kubectl get shows', () => {
    const items = first.cluster
      .resources()
      .flatMap((resource) => first.cluster.objects(resource))
      .map(({ metadata: { managedFields: _fields, ...metadata }, ...object }) => ({
        ...object,
        metadata,
      }))
    const second = cluster()
    const report = importManifests(
      second.cluster,
      ADMINISTRATOR,
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
    )
    expect([report.failed, report.missing]).toEqual([[], []])
    const withoutFinalizers = text.replaceAll(/^ {2}finalizers:\n {2}- example.com\/hold\n/gm, '')
    expect(exported(second)).toBe(withoutFinalizers)
  })
})
