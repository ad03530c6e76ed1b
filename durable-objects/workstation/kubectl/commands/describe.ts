// kubernetes: kubectl pkg/cmd/describe/describe.go
import type { KubeObject } from '#apimachinery/object.ts'
import { pathTo } from '#kubectl/client/discovery.ts'
import { describeObject } from '#kubectl/describe/describe.ts'
import type { DescribeContext } from '#kubectl/describe/context.ts'
import { ApiError, KubectlFailure, throwAll, throwTogether } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { build } from '#kubectl/resource/builder.ts'
import { fetchInfo, type Info } from '#kubectl/resource/info.ts'
import { filesOf } from '#kubectl/resource/files-of.ts'

export const describe = (run: Invocation): void => {
  const { flags, args } = run
  if (args.length === 0 && flags.list('filename').length === 0 && flags.string('kustomize') === '')
    throw new KubectlFailure(
      'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.\n',
    )
  const allNamespaces = flags.bool('all-namespaces')
  const result = build(run, {
    args,
    allowsEmptySelector: true,
    ...filesOf(run),
    labelSelector: flags.string('selector'),
    allNamespaces,
    enforcesNamespace: run.connection.isExplicit && !allNamespaces,
    chunkSize: flags.int('chunk-size'),
    continuesOnError: true,
    flattens: true,
  })
  const { infos, failures } = result.infos()
  if (infos.length === 0 && failures.length > 0 && args.length === 2 && isNotFound(failures[0]!))
    return describeMatching(run, failures)
  const problems = [...failures]
  describeAll(run, infos, problems)
  if (infos.length === 0 && problems.length === 0)
    run.err(
      allNamespaces
        ? 'No resources found\n'
        : `No resources found in ${run.namespace} namespace.\n`,
    )
  ;(args.length > 0 ? throwAll : throwTogether)(problems)
}

const isNotFound = (error: Error): boolean => error instanceof ApiError && error.is('NotFound')

const describeAll = (run: Invocation, infos: readonly Info[], problems: Error[]): void => {
  const context = contextOf(run, infos.length === 1 && problems.length === 0)
  const seen = new Set<string>()
  let isFirst = true
  for (const info of infos)
    try {
      const text = describeObject(context, current(run, info))
      run.out(isFirst ? text : `\n\n${text}`)
      isFirst = false
    } catch (error) {
      if (!(error instanceof KubectlFailure)) throw error
      if (!seen.has(error.message)) problems.push(error)
      seen.add(error.message)
    }
}

/** Each is asked for again by its name, as the describers do. */
const current = (run: Invocation, info: Info): KubeObject =>
  fetchInfo(run.client, info).object as unknown as KubeObject

/** Objects whose names begin so. kubernetes: DescribeMatchingResources */
const describeMatching = (run: Invocation, failures: readonly Error[]): void => {
  const [type = '', prefix = ''] = run.args
  const { infos } = build(run, {
    args: [type],
    allowsEmptySelector: true,
    flattens: true,
    continuesOnError: true,
  }).infos()
  const matching = infos.filter(({ name }) => name.startsWith(prefix))
  if (matching.length === 0) return throwAll(failures)
  for (const info of matching)
    run.out(`${describeObject(contextOf(run, false), current(run, info))}\n`)
}

/** Events are shown of one object only, unless somebody asks. */
const contextOf = (run: Invocation, isOne: boolean): DescribeContext => {
  const resourceOf = (name: string) => {
    const [plural = '', ...rest] = name.split('.')
    return run.mapper.byResource(plural, { group: rest.join('.') })
  }
  // What is refused is thrown: a describer knows whether it can do without.
  return {
    get: (resource, namespace, name) => {
      const info = resourceOf(resource)
      return info === undefined
        ? undefined
        : (run.client.get(pathTo(info, namespace, name)) as unknown as KubeObject)
    },
    list: (resource, namespace, { labels = '', fields = '' } = {}) => {
      const info = resourceOf(resource)
      if (info === undefined) return []
      const query: [string, string][] = []
      if (labels !== '') query.push(['labelSelector', labels])
      if (fields !== '') query.push(['fieldSelector', fields])
      const { items } = run.client.get(pathTo(info, namespace), query)
      return (items ?? []) as unknown as readonly KubeObject[]
    },
    now: () => run.now(),
    showEvents: run.flags.changed('show-events') ? run.flags.bool('show-events') : isOne,
    chunkSize: run.flags.int('chunk-size'),
  }
}
