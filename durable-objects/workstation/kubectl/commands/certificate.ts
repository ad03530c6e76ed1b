// kubernetes: kubectl pkg/cmd/certificates/certificates.go
import type { JsonObject } from '#apimachinery/object.ts'
import { formatTime } from '#apimachinery/time.ts'
import { ApiError, KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { resultPrinter } from '#kubectl/output/result.ts'
import { build } from '#kubectl/resource/builder.ts'
import { fetchInfo, type Info, metadataOf, pathOfInfo } from '#kubectl/resource/info.ts'

const MOST_TRIES = 10

interface Verdict {
  readonly type: 'Approved' | 'Denied'
  readonly opposite: 'Approved' | 'Denied'
  readonly operation: string
  readonly reason: string
  readonly message: string
}

const APPROVED: Verdict = {
  type: 'Approved',
  opposite: 'Denied',
  operation: 'approved',
  reason: 'KubectlApprove',
  message: 'This CSR was approved by kubectl certificate approve.',
}
const DENIED: Verdict = {
  type: 'Denied',
  opposite: 'Approved',
  operation: 'denied',
  reason: 'KubectlDeny',
  message: 'This CSR was denied by kubectl certificate deny.',
}

export const approve = (run: Invocation): void => judge(run, APPROVED)
export const deny = (run: Invocation): void => judge(run, DENIED)

const judge = (run: Invocation, verdict: Verdict): void => {
  const { flags, args } = run
  const printer = resultPrinter(run)
  const filenames = flags.list('filename')
  const kustomize = flags.string('kustomize')
  if (args.length === 0 && filenames.length === 0 && kustomize === '')
    throw new KubectlFailure('one or more CSRs must be specified as <name> or -f <filename>')
  let found = 0
  build(run, {
    args: args.map((name) => `certificatesigningrequests/${name}`),
    filenames,
    kustomize,
    isRecursive: flags.bool('recursive'),
    continuesOnError: true,
    latest: true,
    flattens: true,
    checkDocument: (object) => requireNamespace(run, object),
  }).visit((info) => {
    condition(run, info, verdict)
    found++
    printer.print(info, verdict.operation)
  })
  if (found === 0) run.out('No resources found\n')
}

/** No namespace is put in for what names none. kubernetes: RetrieveLatest */
const requireNamespace = (run: Invocation, object: JsonObject): void => {
  const { apiVersion, kind } = object
  const { name = '', namespace = '' } = metadataOf(object)
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || namespace !== '') return
  const { group, version, plural, isNamespaced } = run.mapper.ofObject(apiVersion, kind)
  if (isNamespaced)
    throw new KubectlFailure(
      `no namespace set on resource ${group}/${version}, Resource=${plural} ${JSON.stringify(name)}`,
    )
}

const condition = (run: Invocation, info: Info, verdict: Verdict): void => {
  const { kind, group } = info.resource
  if (kind !== 'CertificateSigningRequest' || group !== 'certificates.k8s.io')
    throw new KubectlFailure(
      `can only handle CertificateSigningRequest.certificates.k8s.io objects, got ${kind}${group === '' ? '' : `.${group}`}`,
    )
  for (let tries = 0; ; tries++) {
    const request = withCondition(run, fetchInfo(run.client, info).object!, verdict)
    if (request === undefined) return
    try {
      run.client.send({
        method: 'PUT',
        path: pathOfInfo({ ...info, subresource: 'approval' }),
        contentType: 'application/json',
        body: JSON.stringify(request),
      })
      return
    } catch (error) {
      if (!(error instanceof ApiError && error.is('Conflict') && tries < MOST_TRIES)) throw error
    }
  }
}

/** Undefined: there is nothing to change. */
const withCondition = (
  run: Invocation,
  request: JsonObject,
  { type, opposite, reason, message }: Verdict,
): JsonObject | undefined => {
  const status = (request['status'] ?? {}) as { readonly conditions?: readonly JsonObject[] }
  const conditions = status.conditions ?? []
  for (const one of conditions) {
    if (one['type'] === opposite)
      throw new KubectlFailure(
        `certificate signing request ${JSON.stringify(metadataOf(request).name)} is already ${opposite}`,
      )
    if (one['type'] === type) return run.flags.bool('force') ? request : undefined
  }
  const lastUpdateTime = formatTime(run.now())
  const added = { type, status: 'True', reason, message, lastUpdateTime, lastTransitionTime: null }
  return { ...request, status: { ...status, conditions: [...conditions, added] } }
}
