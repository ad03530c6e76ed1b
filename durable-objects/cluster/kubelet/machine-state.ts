import type { Machine } from '#api/kubarium/v1/machine/types.ts'

export const isOff = ({ spec }: Machine): boolean => spec.power === 'Off'

/** Whether what runs on the machine can talk to the API server. */
export const isReachable = (machine: Machine): boolean =>
  !isOff(machine) && machine.spec.network !== 'Cut'
