import { defaultPodTemplateSpec } from '#api/core/v1/pod/defaults.ts'
import type { ReplicationController } from '#api/core/v1/replication-controller/types.ts'
import { assign, fill, type StringMap } from '#apimachinery/object.ts'

const isEmpty = (map: StringMap | undefined): boolean => Object.keys(map ?? {}).length === 0

/** kubernetes: pkg/apis/core/v1/defaults.go SetDefaults_ReplicationController */
export const defaultReplicationController = (
  controller: ReplicationController,
): ReplicationController => {
  const { metadata, spec } = controller
  const template = spec.template && defaultPodTemplateSpec(spec.template)
  const labels = template?.metadata.labels
  return assign(controller, {
    metadata:
      isEmpty(metadata.labels) && labels !== undefined ? assign(metadata, { labels }) : metadata,
    spec: fill(
      assign(spec, {
        template,
        selector: isEmpty(spec.selector) ? (labels ?? spec.selector) : spec.selector,
      }),
      { replicas: 1 },
    ),
  })
}
