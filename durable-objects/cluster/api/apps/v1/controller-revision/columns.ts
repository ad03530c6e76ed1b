import type { ControllerRevision } from '#api/apps/v1/controller-revision/types.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'
import { controllerOf } from '#apimachinery/object.ts'

/** `statefulset.apps/db` */
const controllerName = (revision: ControllerRevision): string => {
  const controller = controllerOf(revision)
  if (controller === undefined) return '<none>'
  const [group, version] = controller.apiVersion.split('/') as [string, string | undefined]
  const kind = version === undefined ? controller.kind : `${controller.kind}.${group}`
  return `${kind.toLowerCase()}/${controller.name}`
}

/** kubernetes: pkg/printers/internalversion/printers.go printControllerRevision */
export const controllerRevisionRow: RowPrinter<ControllerRevision> = (revision, { now }) => [
  revision.metadata.name!,
  controllerName(revision),
  revision.revision ?? 0,
  age(now, revision.metadata.creationTimestamp),
]
