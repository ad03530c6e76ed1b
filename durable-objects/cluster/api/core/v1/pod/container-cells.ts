import type { Container } from '#api/core/v1/pod/container-types.ts'

/** The CONTAINERS and IMAGES cells. kubernetes: pkg/printers/internalversion/printers.go layoutContainerCells */
export const containerCells = (
  containers: readonly Container[] | undefined,
): readonly [string, string] => {
  const list = containers ?? []
  return [
    list.map((container) => container.name).join(','),
    list.map((container) => container.image ?? '').join(','),
  ]
}
