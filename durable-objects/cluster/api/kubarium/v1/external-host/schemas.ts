// The schemas of ExternalHost, with descriptions for `kubectl explain`.
import { apiVersion, kind, listSchema, OBJECT_META } from '#api/kubarium/v1/shared-schemas.ts'

const PREFIX = 'dev.kubarium.v1.'

const text = (description: string) => ({ type: 'string', description }) as const
const whole = (description: string) => ({ type: 'integer', format: 'int32', description }) as const
const flag = (description: string) => ({ type: 'boolean', description }) as const
const texts = (description: string) =>
  ({
    type: 'array',
    items: { type: 'string', default: '' },
    'x-kubernetes-list-type': 'atomic',
    description,
  }) as const
const list = (name: string, description: string) =>
  ({
    type: 'array',
    items: { default: {}, $ref: `${PREFIX}${name}` },
    'x-kubernetes-list-type': 'atomic',
    description,
  }) as const

export const externalHostSchemas = {
  'dev.kubarium.v1.ExternalHost': {
    type: 'object',
    description:
      'ExternalHost is a machine outside the cluster, somewhere on the internet: its names, its addresses and what it answers. Name servers know it at once. It takes the place of what the built-in internet has under the same name or address.',
    required: ['spec'],
    properties: {
      apiVersion,
      kind,
      metadata: { default: {}, $ref: OBJECT_META, description: "Standard object's metadata." },
      spec: {
        default: {},
        $ref: `${PREFIX}ExternalHostSpec`,
        description: 'How the machine is known and what it answers.',
      },
    },
    'x-kubernetes-group-version-kind': [
      { group: 'kubarium.dev', kind: 'ExternalHost', version: 'v1' },
    ],
  },
  'dev.kubarium.v1.ExternalHostSpec': {
    type: 'object',
    description: 'ExternalHostSpec is how a machine is known and what it answers.',
    properties: {
      addresses: texts(
        'The IPv4 and IPv6 addresses of the machine, outside the ranges of the cluster. Of several ExternalHosts with the same address the first by name answers.',
      ),
      delay: text(
        'How far away the machine is: each HTTP answer takes so much longer. A duration such as 500ms, 3s or 2m.',
      ),
      down: flag('The machine has no power: its names are still known, but nothing answers.'),
      hostnames: texts(
        'The names that have the addresses. Several ExternalHosts may have the same name: then it has the addresses of all.',
      ),
      ports: list(
        'ExternalHostPort',
        'The ports that answer. Connections to other ports are refused.',
      ),
      records: list('ExternalHostRecord', 'Other records that name servers have.'),
      ttlSeconds: whole(
        'How long others remember what name servers say, from 0 to 86400. Defaults to 300.',
      ),
    },
  },
  'dev.kubarium.v1.ExternalHostRecord': {
    type: 'object',
    description: 'ExternalHostRecord is a record that name servers have.',
    required: ['name', 'type', 'value'],
    properties: {
      name: { default: '', ...text('The name that is asked for.') },
      type: {
        type: 'string',
        default: '',
        enum: ['CNAME', 'MX', 'TXT'],
        description: 'CNAME, MX or TXT. Addresses belong to hostnames.',
      },
      value: {
        default: '',
        ...text(
          'What is answered. CNAME: another name. MX: a preference and the name of a mail server, such as "10 mail.example.com". TXT: a text.',
        ),
      },
    },
  },
  'dev.kubarium.v1.ExternalHostPort': {
    type: 'object',
    description: 'ExternalHostPort is a port of the machine.',
    required: ['port'],
    properties: {
      port: { default: 0, ...whole('The port.') },
      protocol: {
        type: 'string',
        enum: ['SCTP', 'TCP', 'UDP'],
        description: 'TCP, UDP or SCTP. Defaults to TCP. UDP and SCTP send back what they get.',
      },
      replies: {
        ...list(
          'ImageReply',
          "What is answered over HTTP, as an Image's listener does it: the first reply counts whose path and method fit. Where none does, the answer is 404 or 405. {hostname} and {podIP} stand for the machine's first hostname and address; calls may not be set. A TCP port without replies takes connections and says nothing.",
        ),
      },
      tls: flag(
        'Whether the port speaks TLS. Defaults to true on port 443 and to false elsewhere.',
      ),
    },
  },
  'dev.kubarium.v1.ExternalHostList': listSchema(
    'ExternalHost',
    'ExternalHostList is a list of machines outside the cluster.',
    'The machines.',
  ),
} as const
