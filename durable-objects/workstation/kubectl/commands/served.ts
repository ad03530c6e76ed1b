// What the server is and serves. kubernetes: kubectl pkg/cmd/{version,apiresources,clusterinfo}
import type { JsonObject } from '#apimachinery/object.ts'
import { printYaml } from '#apimachinery/yaml/print.ts'
import { groupVersionOf, qualifiedName, type ResourceInfo } from '#kubectl/client/discovery.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { AlignedColumns } from '#kubectl/output/aligned.ts'
import { noPrinter } from '#kubectl/output/format.ts'
import { printerFor } from '#kubectl/output/printer.ts'
import { CLIENT, CLIENT_VERSION } from '#kubectl/client/version.ts'

const KUSTOMIZE_VERSION = 'v5.8.1'

export const version = (run: Invocation): void => {
  const { flags, args } = run
  if (args.length > 0) throw new KubectlFailure(`extra arguments: [${args.join(' ')}]`)
  const format = flags.string('output')
  if (format !== '' && format !== 'yaml' && format !== 'json')
    throw new KubectlFailure("--output must be 'yaml' or 'json'")
  const server = flags.bool('client') ? undefined : run.client.get('/version')
  if (format === '') {
    run.out(`Client Version: ${CLIENT_VERSION}\nKustomize Version: ${KUSTOMIZE_VERSION}\n`)
    if (server !== undefined) run.out(`Server Version: ${String(server['gitVersion'])}\n`)
    return
  }
  const all: JsonObject = {
    clientVersion: CLIENT,
    kustomizeVersion: KUSTOMIZE_VERSION,
    ...(server === undefined ? {} : { serverVersion: server }),
  }
  run.out(format === 'yaml' ? `${printYaml(all)}\n` : `${JSON.stringify(all, undefined, 2)}\n`)
}

const refuseArguments = (run: Invocation): void => {
  if (run.args.length > 0) throw run.usage(`unexpected arguments: [${run.args.join(' ')}]`)
}

export const apiVersions = (run: Invocation): void => {
  refuseArguments(run)
  run.forgetDiscovery()
  const all = new Set(run.mapper.resources.map(groupVersionOf))
  run.out(
    [...all]
      .toSorted()
      .map((one) => `${one}\n`)
      .join(''),
  )
}

const FORMATS = ['json', 'kyaml', 'name', 'wide', 'yaml']

export const apiResources = (run: Invocation): void => {
  refuseArguments(run)
  const { flags } = run
  const format = flags.string('output')
  const sortBy = flags.string('sort-by')
  if (format !== '' && !FORMATS.includes(format)) throw noPrinter(format, FORMATS)
  if (sortBy !== '' && sortBy !== 'name' && sortBy !== 'kind')
    throw new KubectlFailure('--sort-by accepts only name or kind')
  if (!flags.bool('cached')) run.forgetDiscovery()
  const found = sortedBy(
    sortBy,
    preferred(run.mapper.resources).filter((one) => isAsked(run, one)),
  )
  if (format === 'name') for (const one of found) run.out(`${qualifiedName(one)}\n`)
  else if (format === '' || format === 'wide') run.out(resourceTable(run, found, format === 'wide'))
  else run.out(printerFor(run, format, FORMATS)(resourceList(found)))
}

/** One version of each. kubernetes: ServerPreferredResources */
export const preferred = (resources: readonly ResourceInfo[]): readonly ResourceInfo[] => {
  const seen = new Set<string>()
  return resources.filter((one) => {
    const key = qualifiedName(one)
    const isNew = !seen.has(key)
    seen.add(key)
    return isNew && one.verbs.length > 0
  })
}

const isAsked = ({ flags }: Invocation, one: ResourceInfo): boolean =>
  (!flags.changed('api-group') || flags.string('api-group') === one.group) &&
  (!flags.changed('namespaced') || flags.bool('namespaced') === one.isNamespaced) &&
  flags.list('verbs').every((verb) => one.verbs.includes(verb)) &&
  flags.list('categories').every((category) => one.categories.includes(category))

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export const sortedBy = (
  field: string,
  resources: readonly ResourceInfo[],
): readonly ResourceInfo[] =>
  resources.toSorted((a, b) => {
    if (field === 'name') return compare(a.plural, b.plural)
    if (field === 'kind') return compare(a.kind, b.kind)
    return compare(a.group, b.group) || compare(a.plural, b.plural)
  })

const resourceTable = (
  { flags }: Invocation,
  resources: readonly ResourceInfo[],
  isWide: boolean,
): string => {
  const rows: (readonly string[])[] = flags.bool('no-headers')
    ? []
    : [
        [
          'NAME',
          'SHORTNAMES',
          'APIVERSION',
          'NAMESPACED',
          'KIND',
          ...(isWide ? ['VERBS', 'CATEGORIES'] : []),
        ],
      ]
  for (const one of resources)
    rows.push([
      one.plural,
      one.shortNames.join(','),
      groupVersionOf(one),
      String(one.isNamespaced),
      one.kind,
      ...(isWide ? [one.verbs.join(','), one.categories.join(',')] : []),
    ])
  return new AlignedColumns().format(rows)
}

const resourceList = (resources: readonly ResourceInfo[]): JsonObject => ({
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: '',
  resources: resources.map((one) => ({
    name: one.plural,
    singularName: one.singular,
    namespaced: one.isNamespaced,
    ...(one.group === '' ? {} : { group: one.group }),
    version: one.version,
    kind: one.kind,
    verbs: one.verbs,
    ...(one.shortNames.length === 0 ? {} : { shortNames: one.shortNames }),
    ...(one.categories.length === 0 ? {} : { categories: one.categories }),
  })),
})

export const clusterInfo = (run: Invocation): void => {
  const { server } = run.connection
  run.out(`Kubernetes control plane is running at ${server}\n`)
  const list = run.client.get('/api/v1/namespaces/kube-system/services', [
    ['labelSelector', 'kubernetes.io/cluster-service=true'],
  ])
  for (const service of (list['items'] ?? []) as readonly JsonObject[])
    run.out(serviceLine(server, service))
  run.out("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n")
}

/** kubernetes: pkg/cmd/clusterinfo */
const serviceLine = (server: string, service: JsonObject): string => {
  const {
    name = '',
    namespace = '',
    labels = {},
  } = service['metadata'] as {
    readonly name?: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
  }
  const { ports = [] } = (service['spec'] ?? {}) as {
    readonly ports?: readonly { readonly name?: string; readonly port: number }[]
  }
  const [port] = ports
  const scheme = port?.name === 'https' || port?.port === 443 ? 'https:' : ''
  const portName = port?.name ?? ''
  const named = scheme === '' && portName === '' ? name : `${scheme}${name}:${portName}`
  const label = labels['kubernetes.io/name'] ?? name
  return `${label} is running at ${server}/api/v1/namespaces/${namespace}/services/${named}/proxy\n`
}
