// kubernetes: pkg/registry/node/runtimeclass/strategy.go, pkg/printers/internalversion/printers.go printRuntimeClass
import type { RuntimeClass } from '#api/node/v1/runtime-class.ts'
import { validateRuntimeClass } from '#api/node/v1/validation.ts'
import { kind, type KindBehaviour } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'
import { validateImmutable } from '#apimachinery/validation/metadata.ts'

export const nodeKinds: Readonly<Record<string, KindBehaviour>> = {
  'runtimeclasses.node.k8s.io': kind<RuntimeClass>({
    strategy: {
      validate: validateRuntimeClass,
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
