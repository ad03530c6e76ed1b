import { nameAndCreation } from '#api/meta/v1/columns.ts'
import { kind, type KindBehaviour } from '#api/strategy.ts'

export const apiextensionsKinds: Readonly<Record<string, KindBehaviour>> = {
  'customresourcedefinitions.apiextensions.k8s.io': kind({ row: nameAndCreation }),
}
