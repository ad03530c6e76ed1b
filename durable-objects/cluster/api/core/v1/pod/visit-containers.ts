import type { Container } from '#api/core/v1/pod/container-types.ts'
import type { PodSpec } from '#api/core/v1/pod/types.ts'

/** Every container of a Pod with its path, init containers first. kubernetes: VisitContainersWithPath */
export const visitContainers = (
  spec: PodSpec,
  path: string,
  visit: (container: Container, path: string) => void,
): void => {
  const prefix = path === '' ? '' : `${path}.`
  for (const field of ['initContainers', 'containers', 'ephemeralContainers'] as const)
    for (const [index, container] of (spec[field] ?? []).entries())
      visit(container, `${prefix}${field}[${index}]`)
}
