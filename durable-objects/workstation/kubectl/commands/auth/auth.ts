// kubernetes: kubectl pkg/cmd/auth/{cani,whoami}.go
import type { JsonObject } from '#apimachinery/object.ts'
import type { ResourceInfo } from '#kubectl/client/discovery.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { AlignedColumns } from '#kubectl/output/aligned.ts'
import { outputFormat } from '#kubectl/output/format.ts'
import { typedPrinterFor } from '#kubectl/output/printer.ts'
import { asTyped } from '#kubectl/output/typed.ts'

const REVIEWS = '/apis/authorization.k8s.io/v1'

export const canI = (run: Invocation): void => {
  const { flags, args } = run
  if (flags.bool('list')) {
    if (args.length > 0) throw new KubectlFailure('list option must be specified with no arguments')
    return listRules(run)
  }
  if (flags.bool('quiet') && outputFormat(run) !== '')
    throw new KubectlFailure('--quiet option can not be used with --output')
  run.requireContext()
  const attributes = attributesOf(run)
  const review = run.client.object({
    method: 'POST',
    path: `${REVIEWS}/selfsubjectaccessreviews`,
    contentType: 'application/json',
    body: JSON.stringify({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: attributes,
    }),
  })
  const {
    allowed = false,
    reason = '',
    evaluationError = '',
  } = (review['status'] ?? {}) as {
    readonly allowed?: boolean
    readonly reason?: string
    readonly evaluationError?: string
  }
  if (!allowed) run.exitCode = 1
  if (flags.bool('quiet')) return
  const why = `${reason === '' || allowed ? '' : ` - ${reason}`}${evaluationError === '' || allowed ? '' : ` - ${evaluationError}`}`
  run.out(`${allowed ? 'yes' : `no${why}`}\n`)
}

const FEW =
  "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples."

const attributesOf = (run: Invocation): JsonObject => {
  const { flags, args } = run
  const [verb, what = '', name] = args
  if (verb === undefined || args.length < 2 || args.length > 3) throw new KubectlFailure(FEW)
  if (what.startsWith('/')) {
    if (args.length === 3) throw new KubectlFailure(FEW)
    return { nonResourceAttributes: { path: what, verb } }
  }
  const [type = '', ...more] = what.split('/')
  if (more.length > 0 && name !== undefined)
    throw new KubectlFailure('resource/name form cannot be combined with a name')
  const objectName = name ?? more[0] ?? ''
  const resource = resourceNamed(run, type)
  const isNamespaced = resource?.isNamespaced !== false
  if (!isNamespaced && !flags.bool('all-namespaces'))
    run.err(
      `Warning: resource '${type}' is not namespace scoped${resource.group === '' ? '' : ` in group '${resource.group}'`}\n\n`,
    )
  const subresource = flags.string('subresource')
  return {
    resourceAttributes: {
      ...(flags.bool('all-namespaces') ? {} : { namespace: run.namespace }),
      verb,
      group: resource?.group ?? '',
      resource: resource?.plural ?? type,
      ...(subresource === '' ? {} : { subresource }),
      ...(objectName === '' ? {} : { name: objectName }),
    },
  }
}

/** Undefined: nobody serves it; `*` is everything. */
const resourceNamed = (run: Invocation, type: string): ResourceInfo | undefined => {
  if (type === '*') return undefined
  const [name = '', ...rest] = type.split('.')
  const found = run.mapper.byResource(name, rest.length === 0 ? {} : { group: rest.join('.') })
  if (found === undefined)
    run.err(
      rest.length === 0
        ? `Warning: the server doesn't have a resource type '${name}'\n\n`
        : `Warning: the server doesn't have a resource type '${name}' in group '${rest.join('.')}'\n\n`,
    )
  return found
}

interface Rule {
  readonly verbs?: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
}

const listRules = (run: Invocation): void => {
  const review = run.client.object({
    method: 'POST',
    path: `${REVIEWS}/selfsubjectrulesreviews`,
    contentType: 'application/json',
    body: JSON.stringify({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectRulesReview',
      spec: { namespace: run.namespace },
    }),
  })
  const { resourceRules = [], nonResourceRules = [] } = (review['status'] ?? {}) as {
    readonly resourceRules?: readonly Rule[]
    readonly nonResourceRules?: readonly Rule[]
  }
  const rows: (readonly string[])[] = run.flags.bool('no-headers')
    ? []
    : [['Resources', 'Non-Resource URLs', 'Resource Names', 'Verbs']]
  const rules = [...resourceRules, ...nonResourceRules].flatMap(apart)
  for (const rule of rules.toSorted((a, b) => (ruleText(a) < ruleText(b) ? -1 : 1)))
    rows.push(ruleRow(rule))
  run.out(new AlignedColumns().format(rows))
}

/** One resource of one group each, or one path. kubernetes: rbac BreakdownRule */
const apart = (rule: Rule): readonly Rule[] => [
  ...(rule.apiGroups ?? []).flatMap((group) =>
    (rule.resources ?? []).map((resource) => ({
      ...rule,
      apiGroups: [group],
      resources: [resource],
    })),
  ),
  ...(rule.nonResourceURLs ?? []).map((url) => ({ ...rule, nonResourceURLs: [url] })),
]

/** What rules are sorted by. kubernetes: rbac SortableRuleSlice */
const ruleText = ({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: Rule): string =>
  [verbs, apiGroups, resources, resourceNames, nonResourceURLs]
    .map((items) => bracketed(items))
    .join(',')

const bracketed = (items: readonly string[] = []): string => `[${items.join(' ')}]`

const ruleRow = ({
  resources,
  apiGroups,
  nonResourceURLs,
  resourceNames,
  verbs,
}: Rule): readonly string[] => {
  const [resource = ''] = resources ?? []
  const [group = ''] = apiGroups ?? []
  return [
    group === '' ? resource : `${resource}.${group}`,
    bracketed(nonResourceURLs),
    bracketed(resourceNames),
    bracketed(verbs),
  ]
}

export const whoAmI = (run: Invocation): void => {
  if (run.args.length > 0) throw run.usage(`unknown command ${JSON.stringify(run.args.join(' '))}`)
  run.requireContext()
  const review = run.client.object({
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    contentType: 'application/json',
    body: JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }),
  })
  const format = outputFormat(run)
  if (format !== '') return run.out(typedPrinterFor(run, format)(asTyped(review)))
  const { userInfo = {} } = (review['status'] ?? {}) as {
    readonly userInfo?: {
      readonly username?: string
      readonly uid?: string
      readonly groups?: readonly string[]
      readonly extra?: Readonly<Record<string, readonly string[]>>
    }
  }
  const { username = '', uid = '', groups = [], extra = {} } = userInfo
  run.out(
    new AlignedColumns().format([
      ['ATTRIBUTE', 'VALUE'],
      ['Username', username],
      ...(uid === '' ? [] : [['UID', uid]]),
      ...(groups.length === 0 ? [] : [['Groups', bracketed(groups)]]),
      ...Object.keys(extra)
        .sort()
        .map((key) => [`Extra: ${key}`, bracketed(extra[key])]),
    ]),
  )
}
