// kubernetes: pkg/registry/core/node/strategy.go
import { nodeDefaults } from '#api/core/v1/node/defaults.ts'
import type { Node } from '#api/core/v1/node/types.ts'
import { validateNode, validateNodeUpdate } from '#api/core/v1/node/validation.ts'
import type { Strategy } from '#api/strategy.ts'
import { assign } from '#apimachinery/object.ts'

// A taint's timeAdded is kept to the second; configSource and its status are gone since 1.24.
const withoutDynamicConfig = (node: Node): Node =>
  node.spec?.configSource === undefined && node.status?.config === undefined
    ? node
    : assign(node, {
        spec: assign(node.spec, { configSource: undefined }),
        status: node.status === undefined ? undefined : assign(node.status, { config: undefined }),
      })

const warnings = (node: Node): readonly string[] => [
  ...(node.spec?.configSource === undefined
    ? []
    : ['spec.configSource: the spec.configSource field is ignored']),
  ...((node.spec?.externalID ?? '') === ''
    ? []
    : ['spec.externalID: this field is deprecated, and is unused by Kubernetes']),
]

export const nodeStrategy: Strategy<Node> = {
  defaults: nodeDefaults,
  prepareForCreate: withoutDynamicConfig,
  validate: validateNode,
  warningsOnCreate: warnings,
  prepareForUpdate: (node, old) => assign(withoutDynamicConfig(node), { status: old.status }),
  validateUpdate: validateNodeUpdate,
  warningsOnUpdate: warnings,
  status: {
    validateUpdate: validateNodeUpdate,
  },
  keepsGivenStatus: true,
  hasGeneration: false,
  selectableFields: (node) => ({
    'spec.unschedulable': node.spec?.unschedulable === true ? 'true' : 'false',
  }),
}
