import type { Machine } from '#api/kubarium/v1/machine/types.ts'
import type { Strategy } from '#api/strategy.ts'
import { notSupported, type FieldError } from '#apimachinery/field-error.ts'
import { assign, fill } from '#apimachinery/object.ts'

const POWER = ['Off', 'On']
const NETWORK = ['Connected', 'Cut']

const validateMachine = ({ spec }: Machine): readonly FieldError[] => {
  const { power, network } = spec
  return [
    ...(power === undefined || POWER.includes(power)
      ? []
      : [notSupported('spec.power', power, POWER)]),
    ...(network === undefined || NETWORK.includes(network)
      ? []
      : [notSupported('spec.network', network, NETWORK)]),
  ]
}

export const machineStrategy: Strategy<Machine> = {
  defaults: (machine) =>
    assign(machine, { spec: fill(machine.spec ?? {}, { power: 'On', network: 'Connected' }) }),
  validate: validateMachine,
  validateUpdate: validateMachine,
  selectableFields: ({ spec }) => ({
    'spec.power': spec.power ?? '',
    'spec.network': spec.network ?? '',
  }),
}
