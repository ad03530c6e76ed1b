// Objects that commands make of flags, on their way to the server. kubernetes: cli-runtime pkg/resource/helper.go Create
import type { JsonObject } from '#apimachinery/object.ts'
import { pathTo, type ResourceInfo } from '#kubectl/client/discovery.ts'
import { recorded } from '#kubectl/commands/change-cause.ts'
import { type DryRun, managerOf, type Validation, writeQuery } from '#kubectl/commands/dry-run.ts'
import { ApiError, KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { asTyped, typedJsonLine } from '#kubectl/output/typed.ts'
import { localResource, withNamespace } from '#kubectl/resource/documents.ts'
import { type Info, metadataOf } from '#kubectl/resource/info.ts'
import { withTypedLastApplied } from '#kubectl/resource/last-applied.ts'

export interface Sending {
  readonly dryRun: DryRun
  readonly validation?: Validation
  /** How a refusal begins: `failed to create configmap`. */
  readonly refusal?: string
}

const typesOf = ({ apiVersion, kind }: JsonObject): readonly [string, string] => [
  String(apiVersion),
  String(kind),
]

/** The object as the server has made it. */
export const post = (
  run: Invocation,
  resource: ResourceInfo,
  object: JsonObject,
  sending: Sending,
): Info => {
  const namespace = resource.isNamespaced ? run.namespace : ''
  const path = pathTo(resource, namespace)
  const query = writeQuery(managerOf(run), sending.dryRun, sending.validation)
  const text = query.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&')
  const made = refusing(run, `${path}${text === '' ? '' : `?${text}`}`, sending.refusal, () =>
    run.client.object({
      method: 'POST',
      path,
      query,
      contentType: 'application/json',
      body: typedJsonLine(object),
    }),
  )
  return { resource, namespace, name: metadataOf(made).name ?? '', object: made, source: '' }
}

/** What goes wrong is told with words in front, if there are any. `target`: where something is posted. */
export const refusing = (
  { client }: Invocation,
  target: string,
  refusal: string | undefined,
  send: () => JsonObject,
): JsonObject => {
  const problem = refusal === undefined ? undefined : client.problem(target, 'Post')
  if (problem !== undefined) throw new KubectlFailure(`${refusal}: ${problem}`)
  try {
    return send()
  } catch (error) {
    if (!(error instanceof ApiError) || refusal === undefined) throw error
    throw new KubectlFailure(`${refusal}: ${error.message}`)
  }
}

const CLUSTER_KINDS: ReadonlySet<string> = new Set([
  'ClusterRole',
  'ClusterRoleBinding',
  'Namespace',
  'PriorityClass',
])

/** A kind that kubectl knows without asking anybody. */
export const knownResource = (object: JsonObject): ResourceInfo => {
  const resource = localResource(...typesOf(object))
  const { kind, singular } = resource
  return {
    ...resource,
    plural: `${singular}${singular.endsWith('s') ? 'es' : 's'}`,
    isNamespaced: !CLUSTER_KINDS.has(kind),
  }
}

/** An object that nobody is asked about. */
export const unsent = (object: JsonObject): Info => {
  const { name = '', namespace = '' } = metadataOf(object)
  return { resource: localResource(...typesOf(object)), namespace, name, object, source: '' }
}

export const savesConfig = ({ flags }: Invocation): boolean =>
  flags.has('save-config') && flags.bool('save-config')

/** What expose, run and autoscale make: as the server answers it; with `--dry-run=client` as it would be sent. */
export const sendGenerated = (run: Invocation, made: JsonObject, dryRun: DryRun): Info => {
  const given = recorded(run, made)
  if (dryRun !== 'client') {
    const object = asTyped(given)
    const resource = run.mapper.ofObject(...typesOf(object))
    return post(run, resource, savesConfig(run) ? withTypedLastApplied(object) : object, { dryRun })
  }
  return unsent(asTyped(run.connection.isExplicit ? withNamespace(given, run.namespace) : given))
}
