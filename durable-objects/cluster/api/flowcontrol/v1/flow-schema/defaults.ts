import type { FlowSchema } from '#api/flowcontrol/v1/flow-schema/types.ts'
import { assign } from '#apimachinery/object.ts'

const DEFAULT_PRECEDENCE = 1000

/** kubernetes: pkg/apis/flowcontrol/v1/defaults.go SetDefaults_FlowSchemaSpec */
export const defaultFlowSchema = (schema: FlowSchema): FlowSchema => {
  const spec = schema.spec ?? {}
  return assign(schema, {
    spec: assign(spec, { matchingPrecedence: spec.matchingPrecedence || DEFAULT_PRECEDENCE }),
  })
}
