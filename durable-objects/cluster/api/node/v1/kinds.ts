// kubernetes: pkg/apis/node/validation/validation.go, pkg/printers/internalversion/printers.go printRuntimeClass
import { kind, type KindBehaviour } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'
import { invalidValue, type FieldError } from '#apimachinery/field-error.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import { validateImmutable } from '#apimachinery/validation/metadata.ts'
import { isDns1123Label } from '#apimachinery/validation/names.ts'

interface RuntimeClass extends KubeObject {
  readonly handler?: string
}

const validateRuntimeClass = ({ handler = '' }: RuntimeClass): readonly FieldError[] =>
  isDns1123Label(handler).map((message) => invalidValue('handler', handler, message))

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
