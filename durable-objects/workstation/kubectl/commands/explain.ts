// kubernetes: kubectl pkg/cmd/explain/explain.go, pkg/explain/v2
import type { JsonObject } from '#apimachinery/object.ts'
import { groupVersionOf, qualifiedName, type ResourceInfo } from '#kubectl/client/discovery.ts'
import { explainResource, type GroupVersionResource } from '#kubectl/explain/plaintext.ts'
import { explainTextV2 } from '#kubectl/explain/plaintext-openapiv2.ts'
import { ExplainError } from '#kubectl/explain/schema-node.ts'
import { KubectlFailure, PlainFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import type { JsonPathNode } from '#kubectl/output/jsonpath/nodes.ts'
import { JsonPathError, parseJsonPath } from '#kubectl/output/jsonpath/parse.ts'

const FORMATS = ['plaintext', 'plaintext-openapiv2']

export const explain = (run: Invocation): void => {
  const { args, flags } = run
  const [word] = args
  if (word === undefined)
    throw new KubectlFailure(
      'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.\n',
    )
  if (args.length > 1) throw new KubectlFailure('We accept only this format: explain RESOURCE\n')
  const apiVersion = flags.string('api-version')
  const asked = apiVersion === '' ? matchingPrefix(run, word) : resourceAndPath(run, word)
  try {
    if (flags.string('output') === 'plaintext-openapiv2') explainV2(run, asked, apiVersion)
    else explainV3(run, asked, apiVersion)
  } catch (error) {
    if (!(error instanceof ExplainError)) throw error
    run.out(error.printed)
    throw new KubectlFailure(error.message.replace(/^error: /, ''))
  }
}

interface Asked {
  readonly resource: ResourceInfo
  readonly path: readonly string[]
}

/** The names between the dots, which JSONPath reads. kubernetes: jsonPathParse */
const nodesOf = (given: string): readonly JsonPathNode[] => {
  try {
    const [list] = parseJsonPath(`{.${given.replace(/\.$/, '')}}`)
    return list?.type === 'list' ? list.nodes : []
  } catch (error) {
    if (error instanceof JsonPathError) throw new KubectlFailure(error.message)
    throw error
  }
}

const namesOf = (nodes: readonly JsonPathNode[], fault: string): readonly string[] =>
  nodes.map((node) => {
    if (node.type === 'field') return node.name
    throw new KubectlFailure(`invalid jsonpath syntax, ${fault}`)
  })

const FIRST = 'first node must be field node'

/** kubernetes: SplitAndParseResourceRequest */
const resourceAndPath = (run: Invocation, given: string): Asked => {
  const [first, ...rest] = nodesOf(given)
  const [name = ''] = namesOf(first === undefined ? [] : [first], FIRST)
  const resource = found(run, name)
  return { resource, path: namesOf(rest, 'all nodes must be field nodes') }
}

const found = (run: Invocation, name: string): ResourceInfo => {
  if (name === '') throw new KubectlFailure('a resource must be present, got: /, Resource=')
  const resource = run.mapper.byResource(name, {})
  if (resource !== undefined) return resource
  throw new PlainFailure(`the server doesn't have a resource type ${JSON.stringify(name)}\n`)
}

/** `deployments.apps.spec`: the group may stand behind the resource. kubernetes: SplitAndParseResourceRequestWithMatchingPrefix */
const matchingPrefix = (run: Invocation, given: string): Asked => {
  const [first, ...rest] = nodesOf(given)
  const [name = ''] = namesOf(first === undefined ? [] : [first], FIRST)
  const resource = found(run, name)
  const prefix = qualifiedName(resource)
  if (!given.startsWith(prefix)) return { resource, path: namesOf(rest, FIRST) }
  const suffix = given.slice(prefix.length)
  return { resource, path: suffix === '' ? [] : namesOf(nodesOf(suffix).slice(1), FIRST) }
}

/** kubernetes: printModelDescriptionWithGenerator */
const explainV3 = (run: Invocation, { resource, path }: Asked, apiVersion: string): void => {
  const format = run.flags.string('output')
  const { group, version } = apiVersion === '' ? resource : groupAndVersion(apiVersion)
  const gvr: GroupVersionResource = { group, version, resource: resource.plural }
  const place = group === '' ? `api/${version}` : `apis/${group}/${version}`
  const served = run.mapper.resources.some((one) => one.group === group && one.version === version)
  if (!served)
    throw new KubectlFailure(
      `couldn't find resource for "${groupVersionOf(gvr)}, Resource=${resource.plural}"`,
    )
  const document = run.client.get(`/openapi/v3/${place}`)
  if (!FORMATS.includes(format)) throw new KubectlFailure(`unrecognized format: ${format}`)
  run.out(explainResource(document, gvr, path, run.flags.bool('recursive')))
}

const groupAndVersion = (text: string): { readonly group: string; readonly version: string } => {
  const [group = '', version, ...more] = text.split('/')
  if (more.length > 0) throw new KubectlFailure(`unexpected GroupVersion string: ${text}`)
  return version === undefined ? { group: '', version: group } : { group, version }
}

const explainV2 = (run: Invocation, { resource, path }: Asked, apiVersion: string): void => {
  const { kind } = resource
  const { group, version } = apiVersion === '' ? resource : groupAndVersion(apiVersion)
  const document: JsonObject = run.client.get('/openapi/v2')
  run.out(explainTextV2(document, { group, version, kind }, path, run.flags.bool('recursive')))
}
