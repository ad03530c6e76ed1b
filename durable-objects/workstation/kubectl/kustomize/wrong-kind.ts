import { printYaml } from '#apimachinery/yaml/print.ts'
import { KustomizeError } from '#kubectl/kustomize/failure.ts'
import { toJson, type Node } from '#kubectl/kustomize/node.ts'

const NAMES = { scalar: 'ScalarNode', map: 'MappingNode', list: 'SequenceNode' } as const

/** A text where there should be a map, or the like. kustomize: kyaml/yaml/fns.go ErrorIfInvalid */
export const wrongKind = (expected: Node['kind'], node: Node): KustomizeError =>
  new KustomizeError(
    `wrong node kind: expected ${NAMES[expected]} but got ${NAMES[node.kind]}: node contents:\n${printYaml(toJson(node))}`,
  )
