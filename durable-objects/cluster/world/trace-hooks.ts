// A Trace is checked as what is posted is: by who reads it.
import type { Trace } from '#api/kubarium/v1/trace/types.ts'
import { invalidValue, requiredValue, type FieldError } from '#apimachinery/field-error.ts'
import { own, type KubeObject } from '#apimachinery/object.ts'
import { invalid } from '#apimachinery/status-error.ts'
import { type Problem, readTraceRequest } from '#network/read-request.ts'
import type { TraceRequest } from '#network/trace.ts'

const KIND = { group: 'kubarium.dev', kind: 'Trace' } as const

/** A Pod's name alone is meant in the namespace of the Trace. */
const documentOf = ({ metadata, spec }: Trace): Readonly<Record<string, unknown>> => {
  const { pod } = spec.from ?? {}
  return {
    ...spec,
    from:
      pod === undefined || pod.includes('/')
        ? spec.from
        : { ...spec.from, pod: `${metadata.namespace}/${pod}` },
  }
}

/** The request of a Trace; a problem only if it was written when more was allowed. */
export const requestOfTrace = (trace: Trace): TraceRequest | Problem =>
  readTraceRequest(documentOf(trace))

/** Throws Invalid with the field that is wrong. */
export const checkTrace = (object: KubeObject): void => {
  const trace = object as Trace
  const request = readTraceRequest(documentOf(trace))
  if ('problem' in request)
    throw invalid(KIND, object.metadata.name ?? '', [fieldErrorOf(trace, request.problem)])
}

/** `from: must be one of …` is about spec.from. */
const fieldErrorOf = ({ spec }: Trace, problem: string): FieldError => {
  const [, field = '', detail = ''] = /^(\w+): (.*)$/s.exec(problem) ?? []
  if (field === '') return invalidValue('spec', spec, problem)
  const value = own(spec as unknown as Readonly<Record<string, unknown>>, field)
  return value === undefined || value === ''
    ? requiredValue(`spec.${field}`, detail)
    : invalidValue(`spec.${field}`, value, detail)
}
