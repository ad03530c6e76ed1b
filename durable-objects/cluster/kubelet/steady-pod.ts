import type { Pod } from '#api/core/v1/pod/types.ts'

/** Whether all that a pod consists of runs and is ready, and nobody wants it otherwise: its status alone tells what there is to know. */
export const runsSteadily = ({ metadata, status }: Pod): boolean =>
  status.phase === 'Running' &&
  metadata.deletionTimestamp === undefined &&
  status.initContainerStatuses === undefined &&
  status.ephemeralContainerStatuses === undefined &&
  status.conditions?.every(({ type }) => !type.startsWith('PodResize')) === true &&
  status.containerStatuses?.every(({ ready, state }) => ready && state?.running !== undefined) ===
    true
