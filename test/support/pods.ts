import type { Container } from '#api/core/v1/pod/container-types.ts'
import type { Pod, PodSpec, PodStatus } from '#api/core/v1/pod/types.ts'
import type { ObjectMeta } from '#apimachinery/object.ts'

export interface PodParts {
  readonly metadata?: ObjectMeta
  readonly spec?: Partial<PodSpec>
  readonly status?: PodStatus
}

/** A container as a user writes it. */
export const container = (parts: Partial<Container> = {}): Container =>
  ({ name: 'c', image: 'nginx', ...parts }) as Container

/** A Pod as a user writes it: nothing defaulted. */
export const pod = ({ metadata, spec, status }: PodParts = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'default', ...metadata },
  spec: { containers: [container()], ...spec },
  status: { ...status },
})
