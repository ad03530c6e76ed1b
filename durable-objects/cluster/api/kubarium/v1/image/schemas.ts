// The schemas of Image, with descriptions for `kubectl explain`.
import { apiVersion, kind, listSchema, OBJECT_META } from '#api/kubarium/v1/shared-schemas.ts'

const PREFIX = 'dev.kubarium.v1.'
const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity'

const text = (description: string) => ({ type: 'string', description }) as const
const whole = (description: string) => ({ type: 'integer', format: 'int32', description }) as const
const map = (description: string) =>
  ({ type: 'object', additionalProperties: { type: 'string', default: '' }, description }) as const
const part = (name: string, description: string) =>
  ({ $ref: `${PREFIX}${name}`, description }) as const
const list = (name: string, description: string) =>
  ({
    type: 'array',
    items: { default: {}, $ref: `${PREFIX}${name}` },
    'x-kubernetes-list-type': 'atomic',
    description,
  }) as const

const DURATION = 'A duration such as 500ms, 3s or 2m.'

export const imageSchemas = {
  'dev.kubarium.v1.Image': {
    type: 'object',
    description:
      'Image is a container image that you describe instead of building it: what its program listens on and answers, what it needs, how it fails. Containers that start later run it; those that run already go on as they are.',
    required: ['spec'],
    properties: {
      apiVersion,
      kind,
      metadata: { default: {}, $ref: OBJECT_META, description: "Standard object's metadata." },
      spec: { default: {}, ...part('ImageSpec', 'What the image is and does.') },
    },
    'x-kubernetes-group-version-kind': [{ group: 'kubarium.dev', kind: 'Image', version: 'v1' }],
  },
  'dev.kubarium.v1.ImageSpec': {
    type: 'object',
    description: 'ImageSpec is what an image is and does.',
    required: ['image'],
    properties: {
      env: list(
        'ImageEnv',
        'Variables that must be set and not empty. The program exits at once if one is missing.',
      ),
      exits: part('ImageExit', 'The program ends by itself.'),
      image: {
        default: '',
        ...text(
          "The image's name as containers write it. Without a tag all its tags are meant; a tag may end with * to mean all that begin so. The most precise Image counts.",
        ),
      },
      listens: list('ImageListener', 'The ports that the program listens on.'),
      log: list('ImageLogLine', 'What the program writes to its log by itself.'),
      memory: {
        $ref: QUANTITY,
        description:
          'The memory that the program uses. A container with a lower limit is killed. Defaults to 16Mi.',
      },
      pull: part('ImagePull', 'How the image is pulled.'),
      startDelay: text(
        `How long after its start the program begins to listen. ${DURATION} Defaults to 0.`,
      ),
    },
  },
  'dev.kubarium.v1.ImageEnv': {
    type: 'object',
    description: 'ImageEnv is a variable without which the program does not start.',
    required: ['name'],
    properties: {
      exitCode: whole('The exit code without it, from 0 to 255. Defaults to 1.'),
      message: text('What the program writes to its log without it.'),
      name: { default: '', ...text("The variable's name.") },
    },
  },
  'dev.kubarium.v1.ImagePull': {
    type: 'object',
    description: 'ImagePull is how an image is pulled.',
    properties: {
      delay: text(`How long it takes. ${DURATION}`),
      failure: text('Why the image cannot be pulled, as the registry says it.'),
    },
  },
  'dev.kubarium.v1.ImageListener': {
    type: 'object',
    description: 'ImageListener is a port that the program listens on.',
    properties: {
      host: text('Must be 127.0.0.1 if it is set: only callers in the same Pod reach it.'),
      port: whole('The port. With portFrom: what counts if the variable is not set.'),
      portFrom: text(
        'The variable that holds the port. Without port the program exits if it is not set.',
      ),
      protocol: {
        type: 'string',
        enum: ['SCTP', 'TCP', 'UDP'],
        description: 'TCP, UDP or SCTP. Defaults to TCP. UDP and SCTP send back what they get.',
      },
      replies: list(
        'ImageReply',
        'What is answered over HTTP: the first reply counts whose path and method fit. Where none does, the answer is 404 or 405. A TCP port without replies takes connections and says nothing.',
      ),
    },
  },
  'dev.kubarium.v1.ImageReply': {
    type: 'object',
    description: 'ImageReply is an answer to some HTTP requests.',
    required: ['path'],
    properties: {
      body: text(
        'The body. {hostname}, {podIP}, {path} and {env.NAME} stand for what they are when the request comes.',
      ),
      calls: text(
        "A dependency: the http:// URL that the program calls before it answers, over its Pod's network. {env.NAME} stands for a variable. If that fails (no answer, or a status of 400 and above) the answer is 502 with the reason, which is logged too. Probes call nothing.",
      ),
      delay: text(`How long the program thinks before it answers. ${DURATION}`),
      failure: {
        type: 'string',
        enum: ['reset', 'silent'],
        description:
          'silent: it takes the request and never answers. reset: it closes the connection instead of answering.',
      },
      headers: map('Header fields of the answer.'),
      method: text('The method that is answered. Defaults to any.'),
      path: {
        default: '',
        ...text('The path that is answered, or its beginning followed by *. It has no query.'),
      },
      status: whole('The status, from 200 to 599. Defaults to 200.'),
    },
  },
  'dev.kubarium.v1.ImageExit': {
    type: 'object',
    description: 'ImageExit is the end of a program.',
    properties: {
      after: text(`How long after its start. ${DURATION} Defaults to 0.`),
      code: whole('The exit code, from 0 to 255. Defaults to 0.'),
    },
  },
  'dev.kubarium.v1.ImageLogLine': {
    type: 'object',
    description: 'ImageLogLine is a line that the program logs.',
    required: ['text'],
    properties: {
      after: text(`How long after the start. ${DURATION} Defaults to 0.`),
      every: text(`How long until the line comes again; at least 1s. ${DURATION}`),
      text: { default: '', ...text('The line.') },
    },
  },
  'dev.kubarium.v1.ImageList': listSchema('Image', 'ImageList is a list of images.', 'The images.'),
} as const
