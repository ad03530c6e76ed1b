// kubernetes: pkg/registry/core/pod/strategy.go podEphemeralContainersStrategy, podResizeStrategy
import type { Container } from '#api/core/v1/pod/container-types.ts'
import {
  validateEphemeralContainersUpdate,
  validateResize,
} from '#api/core/v1/pod/subresource-validation.ts'
import type { Pod, PodSpec } from '#api/core/v1/pod/types.ts'
import type { UpdateStages } from '#api/strategy.ts'
import { assign } from '#apimachinery/object.ts'

/** All but the spec as it was; of metadata labels and annotations too. */
const withSpec = (pod: Pod, old: Pod, spec: PodSpec): Pod =>
  assign(old, {
    metadata: assign(old.metadata, {
      managedFields: pod.metadata.managedFields,
      resourceVersion: pod.metadata.resourceVersion,
    }),
    spec,
  })

/** Adds containers for debugging to a Pod that runs. */
export const ephemeralContainersStages: UpdateStages<Pod> = {
  prepareForUpdate: (pod, old) =>
    withSpec(pod, old, assign(old.spec, { ephemeralContainers: pod.spec.ephemeralContainers })),
  validateUpdate: validateEphemeralContainersUpdate,
}

/** Containers that were added, removed or renamed stay as they are given: validation speaks of them. */
const resized = (
  containers: readonly Container[] | undefined,
  old: readonly Container[] | undefined,
): readonly Container[] | undefined => {
  if (containers?.some((container, index) => container.name !== old?.[index]?.name))
    return containers
  return old?.map((container, index) =>
    assign(container, {
      resources: containers![index]!.resources,
      resizePolicy: containers![index]!.resizePolicy,
    }),
  )
}

/** Changes what the containers of a running Pod may use. */
export const resizeStages: UpdateStages<Pod> = {
  prepareForUpdate: (pod, old) => {
    const { containers, initContainers, resources } = pod.spec
    const isSame =
      containers.length === old.spec.containers.length &&
      (initContainers?.length ?? 0) === (old.spec.initContainers?.length ?? 0)
    if (!isSame) return pod
    return withSpec(
      pod,
      old,
      assign(old.spec, {
        containers: resized(containers, old.spec.containers)!,
        initContainers: resized(initContainers, old.spec.initContainers),
        resources,
      }),
    )
  },
  validateUpdate: validateResize,
}
