// kubernetes: pkg/printers/internalversion/printers.go printRoleBinding, printClusterRoleBinding
import type { RoleRef, Subject } from '#api/rbac/v1/role/types.ts'
import type { RowPrinter } from '#api/strategy.ts'
import { age } from '#apimachinery/age.ts'
import type { KubeObject } from '#apimachinery/object.ts'

interface Binding extends KubeObject {
  readonly roleRef: RoleRef
  readonly subjects?: readonly Subject[]
}

const subjectsText = (subjects: readonly Subject[], kind: string): string =>
  subjects
    .filter((subject) => subject.kind === kind)
    .map(({ name, namespace = '' }) =>
      kind !== 'ServiceAccount' ? name : namespace === '' ? name : `${namespace}/${name}`,
    )
    .join(', ')

export const bindingRow: RowPrinter<Binding> = ({ metadata, roleRef, subjects = [] }, { now }) => [
  metadata.name ?? '',
  `${roleRef.kind}/${roleRef.name}`,
  age(now, metadata.creationTimestamp),
  subjectsText(subjects, 'User'),
  subjectsText(subjects, 'Group'),
  subjectsText(subjects, 'ServiceAccount'),
]
