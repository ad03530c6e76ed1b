import { customResourceDefinitionStrategy } from '#api/apiextensions/v1/custom-resource-definition/strategy.ts'
import type { CustomResourceDefinition } from '#api/apiextensions/v1/custom-resource-definition/types.ts'
import { nameAndCreation } from '#api/meta/v1/columns.ts'
import { kind, type KindBehaviour } from '#api/strategy.ts'

export const apiextensionsKinds: Readonly<Record<string, KindBehaviour>> = {
  'customresourcedefinitions.apiextensions.k8s.io': kind<CustomResourceDefinition>({
    strategy: customResourceDefinitionStrategy,
    row: nameAndCreation,
  }),
}
