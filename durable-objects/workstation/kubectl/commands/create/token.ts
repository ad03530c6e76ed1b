// kubernetes: kubectl pkg/cmd/create/create_token.go
import type { JsonObject } from '#apimachinery/object.ts'
import { nameOf } from '#kubectl/commands/create/generated.ts'
import { knownResource, refusing } from '#kubectl/commands/generated-object.ts'
import { asFailure, KubectlFailure } from '#kubectl/failure.ts'
import type { CommandBody, Invocation } from '#kubectl/invocation.ts'
import { outputFormat } from '#kubectl/output/format.ts'
import { shownIn } from '#kubectl/output/managed-fields.ts'
import { typedPrinterFor } from '#kubectl/output/printer.ts'
import { pathOfInfo } from '#kubectl/resource/info.ts'

/** What a token may live as long as. */
const BOUND_KINDS = ['Node', 'Pod', 'Secret']

export const token: CommandBody = (run) => {
  const name = nameOf(run)
  const { namespace } = run
  const format = outputFormat(run)
  const print = format === '' ? undefined : typedPrinterFor(run, format)
  if (name === '') throw new KubectlFailure('service account name is required')
  const request = requestOf(run)
  const response = requested(run, namespace, name, request)
  const { token: text = '' } = (response['status'] ?? {}) as { readonly token?: string }
  if (text === '') throw new KubectlFailure('failed to create token: no token in server response')
  if (print !== undefined) run.out(print(shownIn(run, format)(response)))
  else run.out(run.call.isTTY(1) ? `${text}\n` : text)
}

const requestOf = (run: Invocation): JsonObject => {
  const { flags } = run
  const audiences = flags.list('audience')
  const seconds = flags.duration('duration') / 1000
  if (seconds < 0) throw new KubectlFailure('--duration must be greater than or equal to 0')
  if (!Number.isInteger(seconds))
    throw new KubectlFailure('--duration cannot be expressed in units less than seconds')
  if (audiences.includes('')) throw new KubectlFailure('--audience must not be an empty string')
  return {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: {},
    spec: {
      audiences,
      ...(seconds === 0 ? {} : { expirationSeconds: seconds }),
      ...boundObject(run),
    },
  }
}

const boundObject = ({ flags }: Invocation): JsonObject => {
  const kind = flags.string('bound-object-kind')
  const name = flags.string('bound-object-name')
  const uid = flags.string('bound-object-uid')
  if (kind === '') {
    for (const part of ['name', 'uid'])
      if (flags.string(`bound-object-${part}`) !== '')
        throw new KubectlFailure(
          `--bound-object-${part} can only be set if --bound-object-kind is provided`,
        )
    return {}
  }
  if (!BOUND_KINDS.includes(kind))
    throw new KubectlFailure(`supported --bound-object-kind values are ${BOUND_KINDS.join(', ')}`)
  if (name === '')
    throw new KubectlFailure('--bound-object-name is required if --bound-object-kind is provided')
  return { boundObjectRef: { kind, apiVersion: 'v1', name, ...(uid === '' ? {} : { uid }) } }
}

const ACCOUNTS = knownResource({ apiVersion: 'v1', kind: 'ServiceAccount' })

const requested = (
  run: Invocation,
  namespace: string,
  name: string,
  request: JsonObject,
): JsonObject => {
  const refusal = 'failed to create token'
  const path = pathOfToken(namespace, name, refusal)
  return refusing(run, path, refusal, () =>
    run.client.object({
      method: 'POST',
      path,
      contentType: 'application/json',
      body: JSON.stringify(request),
    }),
  )
}

const pathOfToken = (namespace: string, name: string, refusal: string): string => {
  try {
    return pathOfInfo({ resource: ACCOUNTS, namespace, name, source: '', subresource: 'token' })
  } catch (error) {
    throw new KubectlFailure(`${refusal}: ${asFailure(error).message}`)
  }
}
