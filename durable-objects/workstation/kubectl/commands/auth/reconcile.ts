// `auth reconcile`. kubernetes: kubectl pkg/cmd/auth/reconcile.go, component-helpers auth/rbac/reconciliation
import type { JsonObject } from '#apimachinery/object.ts'
import { pathTo } from '#kubectl/client/discovery.ts'
import { type DryRun, dryRunOf } from '#kubectl/commands/dry-run.ts'
import { requireFiles } from '#kubectl/commands/manifest-files.ts'
import { RBAC_GROUP } from '#kubectl/commands/rbac.ts'
import {
  reconciledBinding,
  reconciledRole,
  type Reconciliation,
} from '#kubectl/commands/auth/reconciled.ts'
import { ApiError, asFailure, KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { type ResultPrinter, resultPrinter } from '#kubectl/output/result.ts'
import { typedJsonLine } from '#kubectl/output/typed.ts'
import { build } from '#kubectl/resource/builder.ts'
import { type Info, metadataOf, pathOfInfo } from '#kubectl/resource/info.ts'
import { filesOf } from '#kubectl/resource/files-of.ts'

const ROLES: ReadonlySet<string> = new Set(['Role', 'ClusterRole'])
const BINDINGS: ReadonlySet<string> = new Set(['RoleBinding', 'ClusterRoleBinding'])
const NAMESPACED: ReadonlySet<string> = new Set(['Role', 'RoleBinding'])

export const reconcile = (run: Invocation): void => {
  requireFiles(run)
  if (run.args.length > 0) throw new KubectlFailure('no arguments are allowed')
  const dryRun = clientDryRun(run)
  const found = build(run, {
    ...filesOf(run),
    enforcesNamespace: run.connection.isExplicit,
    continuesOnError: true,
    flattens: true,
    isTyped: true,
    isLocal: true,
  })
  const printer = resultPrinter(run, dryRun, { isTyped: true })
  found.visit((info) => {
    const { kind, group, version } = info.resource
    if (group !== RBAC_GROUP || !(ROLES.has(kind) || BINDINGS.has(kind))) return
    if (version !== 'v1')
      throw new KubectlFailure(`only ${RBAC_GROUP}/v1 is supported: not *${version}.${kind}`)
    // the object itself says where it is
    const { namespace = '' } = metadataOf(info.object)
    const resource = { ...info.resource, isNamespaced: NAMESPACED.has(kind) }
    reconcileOne(run, { ...info, resource, namespace }, dryRun, printer)
  })
}

const givenDryRun = (run: Invocation): DryRun => {
  try {
    return dryRunOf(run)
  } catch (error) {
    throw new KubectlFailure(
      `error accessing --dry-run flag for command reconcile: ${asFailure(error).message}`,
    )
  }
}

const clientDryRun = (run: Invocation): DryRun => {
  const dryRun = givenDryRun(run)
  if (dryRun === 'server')
    throw new KubectlFailure('--dry-run=server for command reconcile is not supported yet')
  return dryRun
}

const reconcileOne = (
  run: Invocation,
  info: Info,
  dryRun: DryRun,
  printer: ResultPrinter,
): void => {
  const existing = existingOf(run, info)
  const result = reconciliationOf(run, info, existing)
  const object =
    result.isProtected || dryRun !== 'none'
      ? result.object
      : carriedOut(run, info, result, existing)
  printer.print({ ...info, object }, 'reconciled')
  if (result.operation !== 'none') run.err(resultText(run, info, result))
}

const existingOf = (run: Invocation, info: Info): JsonObject | undefined => {
  try {
    return run.client.get(pathOfInfo(info))
  } catch (error) {
    if (error instanceof ApiError && error.is('NotFound')) return undefined
    throw error
  }
}

const reconciliationOf = (
  { flags }: Invocation,
  { resource: { kind }, object = {} }: Info,
  existing: JsonObject | undefined,
): Reconciliation => {
  const isRole = ROLES.has(kind)
  if (existing === undefined) {
    const missing = (object[isRole ? 'rules' : 'subjects'] ?? []) as readonly JsonObject[]
    return { operation: 'create', object, isProtected: false, missing, extra: [] }
  }
  return isRole
    ? reconciledRole(existing, object, flags.bool('remove-extra-permissions'))
    : reconciledBinding(existing, object, flags.bool('remove-extra-subjects'))
}

/** The object as the server has made it. */
const carriedOut = (
  run: Invocation,
  info: Info,
  { operation, object }: Reconciliation,
  existing: JsonObject | undefined,
): JsonObject => {
  switch (operation) {
    case 'none':
      return object
    case 'update':
      return send(run, 'PUT', pathOfInfo(info), object)
    case 'recreate': {
      const { uid = '' } = metadataOf(existing)
      send(run, 'DELETE', pathOfInfo(info), {
        kind: 'DeleteOptions',
        apiVersion: 'v1',
        preconditions: { uid },
      })
      return create(run, info, object)
    }
    case 'create':
      return create(run, info, object)
  }
}

const create = (run: Invocation, { resource, namespace }: Info, object: JsonObject): JsonObject => {
  if (resource.isNamespaced) ensureNamespace(run, namespace)
  return send(run, 'POST', pathTo(resource, namespace), object)
}

/** kubernetes: tryEnsureNamespace */
const ensureNamespace = (run: Invocation, name: string): void => {
  if (name === '') throw new KubectlFailure('resource name may not be empty')
  const path = '/api/v1/namespaces'
  try {
    run.client.get(`${path}/${encodeURIComponent(name)}`)
  } catch (error) {
    if (!(error instanceof ApiError) || !error.is('NotFound')) throw error
    send(run, 'POST', path, { kind: 'Namespace', apiVersion: 'v1', metadata: { name } })
  }
}

const send = (
  run: Invocation,
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  object: JsonObject,
): JsonObject =>
  run.client.object({ method, path, contentType: 'application/json', body: typedJsonLine(object) })

/** What was done, and why. kubernetes: printResults */
const resultText = (
  { flags }: Invocation,
  { resource: { kind } }: Info,
  { operation, isProtected, missing, extra }: Reconciliation,
): string => {
  const isRole = ROLES.has(kind)
  const noun = isRole ? 'rules' : 'subjects'
  const caveat = isProtected
    ? ', but object opted out (rbac.authorization.kubernetes.io/autoupdate: false)'
    : ''
  const lines = [`\treconciliation required ${operation}${caveat}`]
  const list = (title: string, items: readonly JsonObject[]): void => {
    if (items.length === 0) return
    lines.push(
      `\t${title}:`,
      ...items.map((item) => `\t\t${(isRole ? ruleText : subjectText)(item)}`),
    )
  }
  list(`missing ${noun} added`, missing)
  if (flags.bool(isRole ? 'remove-extra-permissions' : 'remove-extra-subjects'))
    list(`extra ${noun} removed`, extra)
  return lines.map((line) => `${line}\n`).join('')
}

/** Go's `%+v`, as are all that follow. */
const bracketed = (items: JsonObject[string] | undefined): string =>
  `[${((items ?? []) as readonly string[]).join(' ')}]`

const ruleText = (rule: JsonObject): string => {
  const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } = rule
  return `{Verbs:${bracketed(verbs)} APIGroups:${bracketed(apiGroups)} Resources:${bracketed(resources)} ResourceNames:${bracketed(resourceNames)} NonResourceURLs:${bracketed(nonResourceURLs)}}`
}

const subjectText = ({ kind, apiGroup = '', name, namespace = '' }: JsonObject): string =>
  `{Kind:${String(kind)} APIGroup:${String(apiGroup)} Name:${String(name)} Namespace:${String(namespace)}}`
