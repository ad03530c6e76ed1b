// What anybody may bring along is looked at before a cluster is made of it: components take for granted what the API server let in.
import {
  apiVersionOf,
  type Resource,
  sharedResources,
} from '../../cluster/kube-apiserver/resources.ts'
import { goJson } from '../../cluster/kube-apiserver/endpoints/http.ts'
import { own } from '../../cluster/apimachinery/object.ts'
import type { KubeObject } from '../../cluster/apimachinery/object.ts'
import { decode, DecodeError } from '../../cluster/apimachinery/schema/decode.ts'
import type { Schema } from '../../cluster/apimachinery/schema.ts'
import { Random } from '../../cluster/environment.ts'
import type { StoredFile } from '../../workstation/home.ts'
import { ADMINISTRATOR } from '../users.ts'
import type { MemoryRow, ObjectRow, SnapshotHead } from './canonical.ts'
import { notACluster, type SnapshotProblem } from './problem.ts'
import { areChangedDelays, DELAYS_KEY } from './settings-shape.ts'

const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io'
const LONGEST_NAME = 253
const DEEPEST = 300

/** A resource that only a definition can serve. */
interface Expected {
  readonly kind: string
  readonly apiVersion: string
  readonly namespaced: boolean
}

type Fields = Readonly<Record<string, unknown>>

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}

/** Looks at objects one after the other, and at the end at them all. */
export class ObjectChecks {
  readonly #head: SnapshotHead
  readonly #isThorough: boolean
  readonly #revisions = new Set<number>()
  readonly #custom = new Map<string, Map<string, Expected>>()
  readonly #defined = new Map<string, Definition>()

  constructor(head: SnapshotHead, isThorough: boolean) {
    this.#head = head
    this.#isThorough = isThorough
  }

  add(row: ObjectRow): void {
    const { revision } = row
    if (revision > this.#head.revision) throw wrong(row, 'is of a revision that never was')
    if (this.#revisions.has(revision)) throw wrong(row, 'is of the same revision as another')
    this.#revisions.add(revision)
    if (this.#isThorough) this.#look(row, objectOf(row))
  }

  /** Whether every custom object has its definition. */
  end(): void {
    for (const [name, objects] of this.#custom) {
      const spec = this.#defined.get(name)
      if (spec === undefined) throw notACluster(`nothing serves ${name}`)
      const { group, scope, names, versions } = spec
      const apiVersions = new Set(versions.map((version) => `${group}/${version.name}`))
      for (const { kind, apiVersion, namespaced } of objects.values())
        if (
          kind !== names.kind ||
          !apiVersions.has(apiVersion) ||
          namespaced !== (scope === 'Namespaced')
        )
          throw notACluster(`an object of ${name} is not as its definition says`)
    }
  }

  #look(row: ObjectRow, object: KubeObject): void {
    checkMetadata(row, object)
    const resource = sharedResources().named(row.resource)
    const { namespace } = row
    if (resource === undefined) {
      const { kind, apiVersion } = object
      const expected = { kind, apiVersion, namespaced: namespace !== '' }
      const others = this.#custom.get(row.resource) ?? new Map<string, Expected>()
      this.#custom.set(
        row.resource,
        others.set(`${apiVersion} ${kind} ${namespace !== ''}`, expected),
      )
      return
    }
    if (object.kind !== resource.kind || object.apiVersion !== apiVersionOf(resource))
      throw wrong(row, `is a ${object.apiVersion} ${object.kind}`)
    if (resource.namespaced !== (namespace !== ''))
      throw wrong(row, resource.namespaced ? 'has no namespace' : 'has a namespace')
    if (resource.schema !== undefined) checkShape(row, object, resource.schema)
    checkMeaning(row, object, resource, this.#head)
    if (row.resource === DEFINITIONS)
      this.#defined.set(row.name, (object as never as { readonly spec: Definition }).spec)
  }
}

/** A definition that was let in: as much of it as objects are compared with. */
interface Definition {
  readonly group: string
  readonly scope: string
  readonly names: { readonly kind: string }
  readonly versions: readonly { readonly name: string }[]
}

const wrong = ({ resource, namespace, name }: ObjectRow, how: string): SnapshotProblem =>
  notACluster(`${resource} ${namespace === '' ? '' : `${namespace}/`}${name} ${how}`)

const objectOf = (row: ObjectRow): KubeObject => {
  let value: unknown
  try {
    value = JSON.parse(row.text)
  } catch {
    throw wrong(row, 'is not JSON')
  }
  if (isDeeperThan(DEEPEST, value)) throw wrong(row, `is deeper than ${DEEPEST} levels`)
  // the text is what clients get: it must say what the object says, once
  if (goJson(value) !== row.text && JSON.stringify(value) !== row.text)
    throw wrong(row, 'was written otherwise')
  const fields = fieldsOf(value)
  const isObject =
    typeof own(fields, 'kind') === 'string' &&
    typeof own(fields, 'apiVersion') === 'string' &&
    typeof own(fields, 'metadata') === 'object'
  if (!isObject) throw wrong(row, 'is no object of Kubernetes')
  return value as KubeObject
}

/** JSON is read to any depth, and much that walks through objects is not. */
const isDeeperThan = (levels: number, value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((item) => isDeeperThan(levels - 1, item)))

const checkMetadata = (row: ObjectRow, object: KubeObject): void => {
  const metadata = fieldsOf(object.metadata)
  const uid = own(metadata, 'uid')
  if (typeof uid !== 'string' || uid === '' || uid.length > LONGEST_NAME)
    throw wrong(row, 'has no UID')
  if (row.name.length > LONGEST_NAME || row.namespace.length > LONGEST_NAME)
    throw wrong(row, 'has too long a name')
  const schema = sharedResources().named('configmaps')?.schema?.fields?.get('metadata')?.schema
  if (schema === undefined) throw new Error('objects have no schema of their metadata')
  checkShape(row, metadata, schema)
}

const checkShape = (row: ObjectRow, value: object, schema: Schema): void => {
  try {
    const { unknownFields } = decode(value, schema)
    if (unknownFields.length > 0) throw wrong(row, `has an ${unknownFields[0]}`)
  } catch (error) {
    if (error instanceof DecodeError) throw wrong(row, `is of another shape: ${error.message}`)
    throw error
  }
}

/** What the API server would say if it were created. */
const checkMeaning = (
  row: ObjectRow,
  object: KubeObject,
  { strategy }: Resource,
  { now, seed }: SnapshotHead,
): void => {
  const context = { now, user: ADMINISTRATOR, dryRun: true, random: new Random(seed) }
  let problem: string | undefined
  try {
    const [error] = strategy.validate?.(object, context) ?? []
    problem = error === undefined ? undefined : JSON.stringify(error)
  } catch {
    problem = 'lacks what every such object has'
  }
  if (problem !== undefined) throw wrong(row, problem)
}

/** What components keep is theirs to read, but for what the whole cluster goes by. */
export const checkMemory = ({ key, value }: MemoryRow): void => {
  if (key === DELAYS_KEY && !areChangedDelays(value))
    throw notACluster('its delays are none that this server knows')
}

/** The learner's computer makes its tree of these: no way may lead out of it. */
export const checkFile = ({ path, kind, text }: StoredFile, { hasHome }: SnapshotHead): void => {
  const steps = path.split('/')
  const isWrong = steps.some((step) => step === '' || step === '.' || step === '..')
  if (!hasHome || isWrong || path.includes('\0') || steps.length > 100)
    throw notACluster(`${JSON.stringify(path.slice(0, 100))} is no file of a home folder`)
  if (kind === 'directory' && text !== '') throw notACluster('a directory has a text')
}
