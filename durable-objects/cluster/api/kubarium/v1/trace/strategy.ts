import type { Trace } from '#api/kubarium/v1/trace/types.ts'
import type { Strategy } from '#api/strategy.ts'
import { assign } from '#apimachinery/object.ts'

/** What the request says is checked where it is read: see world/admission.ts. */
export const traceStrategy: Strategy<Trace> = {
  hasGeneration: true,
  defaults: (trace) => (trace.status === undefined ? assign(trace, { status: {} }) : trace),
  selectableFields: ({ status }) => ({ 'status.outcome': status?.outcome ?? '' }),
}
