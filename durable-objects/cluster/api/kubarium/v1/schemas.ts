// The group's component schemas, in the form of api/facts/schemas.json, with descriptions for `kubectl explain`.
import { externalHostSchemas } from '#api/kubarium/v1/external-host/schemas.ts'
import { imageSchemas } from '#api/kubarium/v1/image/schemas.ts'
import { apiVersion, kind, listSchema, OBJECT_META } from '#api/kubarium/v1/shared-schemas.ts'
import { traceSchemas } from '#api/kubarium/v1/trace/schemas.ts'

const TIME = 'io.k8s.apimachinery.pkg.apis.meta.v1.Time'

export const kubariumSchemas = {
  ...externalHostSchemas,
  ...imageSchemas,
  ...traceSchemas,
  'dev.kubarium.v1.Machine': {
    type: 'object',
    description:
      "Machine is a node's hardware: its power and its cable. It has the name of its Node. Switch it off to see what a cluster does when a node dies.",
    properties: {
      apiVersion,
      kind,
      metadata: { default: {}, $ref: OBJECT_META, description: "Standard object's metadata." },
      spec: {
        default: {},
        $ref: 'dev.kubarium.v1.MachineSpec',
        description: 'How the machine is meant to be.',
      },
      status: {
        default: {},
        $ref: 'dev.kubarium.v1.MachineStatus',
        description: 'How the machine is.',
      },
    },
    'x-kubernetes-group-version-kind': [{ group: 'kubarium.dev', kind: 'Machine', version: 'v1' }],
  },
  'dev.kubarium.v1.MachineSpec': {
    type: 'object',
    description: 'MachineSpec is how a machine is meant to be.',
    properties: {
      network: {
        type: 'string',
        enum: ['Connected', 'Cut'],
        description:
          'Whether packets leave and arrive. Cut: everything runs on, but nobody hears from it. Defaults to Connected.',
      },
      power: {
        type: 'string',
        enum: ['Off', 'On'],
        description:
          'Whether the machine runs. Off: nothing on the node runs, and nobody hears from it. Defaults to On.',
      },
    },
  },
  'dev.kubarium.v1.MachineStatus': {
    type: 'object',
    description: 'MachineStatus is how a machine is.',
    properties: {
      power: { type: 'string', enum: ['Off', 'On'], description: 'Whether the machine runs.' },
      since: { $ref: TIME, description: 'When the power last changed.' },
    },
  },
  'dev.kubarium.v1.MachineList': listSchema(
    'Machine',
    'MachineList is a list of machines.',
    'The machines.',
  ),
} as const
