import type { UserInfo } from '#api/strategy.ts'
import type { JsonObject } from '#apimachinery/object.ts'
import { importManifests } from '#manifests/import.ts'
import type { ImportedObject, ImportReport } from '#manifests/import-report.ts'
import type { RawApi } from './raw-api.ts'

const ADMINISTRATOR: UserInfo = {
  username: 'kubernetes-admin',
  groups: ['system:masters', 'system:authenticated'],
}

let count = 0

/** An object as a server shows it: `shop/web` is web in the Namespace shop. */
export const live = (apiVersion: string, kind: string, key: string, rest: JsonObject = {}) => {
  const [namespace, name] = key.includes('/') ? key.split('/') : [undefined, key]
  const { metadata, ...fields } = rest as { readonly metadata?: JsonObject }
  count += 1
  return {
    apiVersion,
    kind,
    metadata: {
      creationTimestamp: '2025-03-02T10:11:12Z',
      name,
      ...(namespace === undefined ? {} : { namespace }),
      resourceVersion: String(count),
      uid: `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`,
      ...metadata,
    },
    ...fields,
  } as JsonObject
}

/** What kubectl prints of these objects. */
export const listText = (...items: readonly JsonObject[]): string =>
  JSON.stringify({ apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } })

export const importInto = (api: RawApi, text: string): ImportReport =>
  importManifests(api.cluster, ADMINISTRATOR, text)

/** A report in lines. */
export const linesOf = (report: ImportReport): readonly string[] => {
  const of = ({ kind, namespace, name }: ImportedObject) =>
    `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`
  return [
    ...report.applied.map((entry) => `${entry.result} ${of(entry)}`),
    ...report.dropped.map((entry) => `dropped ${of(entry)}: ${entry.why}`),
    ...report.changed.map((entry) => `changed ${of(entry)}: ${entry.field}: ${entry.why}`),
    ...report.failed.map((entry) => `failed ${of(entry)}: ${entry.message}`),
    ...report.missing.map((entry) => `missing ${of(entry)}: ${entry.why}`),
  ]
}

/** An owner reference of the object that controls. */
export const ownedBy = (apiVersion: string, kind: string, name: string): JsonObject => ({
  ownerReferences: [{ apiVersion, kind, name, uid: 'u', controller: true }],
})

const template = (spec: JsonObject = {}): JsonObject => ({
  metadata: { labels: { app: 'a' } },
  spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec },
})

/** The spec of a Deployment or the like, whose Pods have this spec. */
export const workload = (spec: JsonObject = {}): JsonObject => ({
  selector: { matchLabels: { app: 'a' } },
  template: template(spec),
})
