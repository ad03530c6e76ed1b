// kubernetes: kubectl pkg/cmd/create/{create_deployment,create_job,create_cronjob}.go
import type { JsonObject } from '#apimachinery/object.ts'
import { pathTo } from '#kubectl/client/discovery.ts'
import { createGenerated, metadataFor, nameOf } from '#kubectl/commands/create/generated.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { CommandBody, Invocation } from '#kubectl/invocation.ts'
import { metadataOf } from '#kubectl/resource/info.ts'

/** What stands behind the name, or behind `--`. */
const commandOf = ({ args, dashAt }: Invocation): readonly string[] =>
  dashAt < 0 ? args.slice(1) : args.slice(dashAt)

const SAFE = 'bcdfghjklmnpqrstvwxz2456789'

/** `docker.io/library/my_app:1` is `my-app-x7k2f`. kubernetes: sanitizeAndUniquify */
const containerName = ({ call }: Invocation, image: string): string => {
  const name = image.slice(image.lastIndexOf('/') + 1).replace(/[:@].*/, '')
  if (!/[_.]/.test(name)) return name
  const suffix = Array.from({ length: 5 }, () => SAFE[call.random() % SAFE.length]).join('')
  return `${name.replaceAll(/[_.]/g, '-')}-${suffix}`
}

export const deployment: CommandBody = (run) => {
  const { flags } = run
  const name = nameOf(run)
  const images = flags.list('image')
  const command = commandOf(run)
  if (images.length > 1 && command.length > 0)
    throw new KubectlFailure('cannot specify multiple --image options and command')
  const labels = { app: name }
  const port = flags.int('port')
  const containers = images.map((image) => ({
    name: containerName(run, image),
    image,
    ...(command.length === 0 ? {} : { command }),
    ...(port > 0 ? { ports: [{ containerPort: port }] } : {}),
    resources: {},
  }))
  createGenerated(
    run,
    {
      kind: 'Deployment',
      apiVersion: 'apps/v1',
      metadata: metadataFor(run, name, { labels }),
      spec: {
        replicas: flags.int('replicas'),
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers } },
        strategy: {},
      },
      status: {},
    },
    'failed to create deployment',
  )
}

export const job: CommandBody = (run) => {
  const { flags } = run
  const name = nameOf(run)
  const from = flags.string('from')
  const command = commandOf(run)
  if (flags.string('image') === '' && from === '')
    throw new KubectlFailure('either --image or --from must be specified')
  if (flags.string('image') !== '' && from !== '')
    throw new KubectlFailure('either --image or --from must be specified')
  if (command.length > 0 && from !== '')
    throw new KubectlFailure('cannot specify --from and command')
  const object = from === '' ? jobOfImage(run, name, command) : jobOfCronJob(run, name, from)
  createGenerated(run, object, 'failed to create job')
}

const jobOfImage = (run: Invocation, name: string, command: readonly string[]): JsonObject => ({
  kind: 'Job',
  apiVersion: 'batch/v1',
  metadata: metadataFor(run, name),
  spec: jobSpec(name, run.flags.string('image'), command, 'Never'),
  status: {},
})

const jobSpec = (
  name: string,
  image: string,
  command: readonly string[],
  restartPolicy: string,
): JsonObject => ({
  template: {
    metadata: {},
    spec: {
      containers: [{ name, image, ...(command.length === 0 ? {} : { command }), resources: {} }],
      restartPolicy,
    },
  },
})

const jobOfCronJob = (run: Invocation, name: string, from: string): JsonObject => {
  const [type = '', cronName = ''] = from.split('/')
  const resource = run.mapper.named(type)
  if (resource.kind !== 'CronJob')
    throw new KubectlFailure(`unknown object type *${resource.version}.${resource.kind}`)
  const cron = run.client.get(pathTo(resource, run.namespace, cronName))
  const { jobTemplate } = (cron['spec'] ?? {}) as { readonly jobTemplate?: JsonObject }
  const { annotations, labels } = metadataOf(jobTemplate)
  const { uid = '' } = metadataOf(cron)
  return {
    kind: 'Job',
    apiVersion: 'batch/v1',
    metadata: {
      name,
      ...(run.connection.isExplicit ? { namespace: run.namespace } : {}),
      ...(labels === undefined ? {} : { labels }),
      annotations: { 'cronjob.kubernetes.io/instantiate': 'manual', ...annotations },
      ownerReferences: [
        { apiVersion: 'batch/v1', kind: 'CronJob', name: cronName, uid, controller: true },
      ],
    },
    spec: jobTemplate?.['spec'] ?? {},
    status: {},
  }
}

export const cronJob: CommandBody = (run) => {
  const { flags } = run
  const name = nameOf(run)
  const restart = flags.string('restart') || 'OnFailure'
  if (restart !== 'OnFailure' && restart !== 'Never')
    throw new KubectlFailure(`invalid restart policy: ${restart}`)
  createGenerated(
    run,
    {
      kind: 'CronJob',
      apiVersion: 'batch/v1',
      metadata: metadataFor(run, name),
      spec: {
        schedule: flags.string('schedule'),
        jobTemplate: {
          metadata: { name },
          spec: jobSpec(name, flags.string('image'), commandOf(run), restart),
        },
      },
      status: {},
    },
    'failed to create cronjob',
  )
}
