// kubernetes: pkg/registry/node/runtimeclass/strategy.go, pkg/printers/internalversion/printers.go printRuntimeClass
import { labelKeyWarnings } from '#api/core/v1/node/deprecated-labels.ts'
import type { RuntimeClass } from '#api/node/v1/runtime-class.ts'
import { validateRuntimeClass } from '#api/node/v1/validation.ts'
import { kind, type KindBehaviour } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'
import { validateImmutable } from '#apimachinery/validation/metadata.ts'

/** kubernetes: pkg/api/node/util.go GetWarningsForRuntimeClass */
const warnings = ({ scheduling }: RuntimeClass): readonly string[] =>
  labelKeyWarnings(scheduling?.nodeSelector, () => 'scheduling.nodeSelector')

export const nodeKinds: Readonly<Record<string, KindBehaviour>> = {
  'runtimeclasses.node.k8s.io': kind<RuntimeClass>({
    strategy: {
      validate: validateRuntimeClass,
      warningsOnCreate: warnings,
      warningsOnUpdate: warnings,
      validateUpdate: (runtimeClass, old) =>
        validateImmutable(runtimeClass.handler, old.handler, 'handler'),
    },
    row: ({ metadata, handler }, { now }) => [
      metadata.name ?? '',
      handler ?? '',
      age(now, metadata.creationTimestamp),
    ],
  }),
}
