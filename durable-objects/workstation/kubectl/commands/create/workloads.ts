// kubernetes: kubectl pkg/cmd/create/{create_deployment,create_job,create_cronjob}.go
import type { JsonObject } from '#apimachinery/object.ts'
import { pathTo } from '#kubectl/client/discovery.ts'
import { createGenerated, metadataFor } from '#kubectl/commands/create/generated.ts'
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

export const deployment: CommandBody = (run) =>
  createGenerated(
    run,
    (name) => {
      const { flags } = run
      const images = flags.list('image')
      const command = commandOf(run)
      if (images.length > 1 && command.length > 0)
        throw new KubectlFailure('cannot specify multiple --image options and command')
      const labels = { app: name }
      const port = flags.int('port')
      const containers = images.map((image) => ({
        name: containerName(run, image),
        image,
        command,
        ports: port > 0 ? [{ containerPort: port }] : [],
      }))
      return {
        kind: 'Deployment',
        apiVersion: 'apps/v1',
        metadata: metadataFor(run, name, { labels }),
        spec: {
          replicas: flags.int('replicas'),
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers } },
        },
      }
    },
    'failed to create deployment',
  )

const EITHER = 'either --image or --from must be specified'

export const job: CommandBody = (run) =>
  createGenerated(
    run,
    (name) => {
      const [image, from] = [run.flags.string('image'), run.flags.string('from')]
      if ((image === '') === (from === '')) throw new KubectlFailure(EITHER)
      const command = commandOf(run)
      if (command.length > 0 && from !== '')
        throw new KubectlFailure('cannot specify --from and command')
      return from === '' ? jobOfImage(run, name, command) : jobOfCronJob(run, name, from)
    },
    'failed to create job',
  )

const jobOfImage = (run: Invocation, name: string, command: readonly string[]): JsonObject => ({
  kind: 'Job',
  apiVersion: 'batch/v1',
  metadata: metadataFor(run, name),
  spec: jobSpec(name, run.flags.string('image'), command, 'Never'),
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
      containers: [{ name, image, command }],
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
      ...metadataFor(run, name),
      ...(labels === undefined ? {} : { labels }),
      annotations: { 'cronjob.kubernetes.io/instantiate': 'manual', ...annotations },
      ownerReferences: [
        { apiVersion: 'batch/v1', kind: 'CronJob', name: cronName, uid, controller: true },
      ],
    },
    spec: jobTemplate?.['spec'] ?? {},
  }
}

export const cronJob: CommandBody = (run) =>
  createGenerated(
    run,
    (name) => {
      const { flags } = run
      const restart = flags.string('restart') || 'OnFailure'
      if (restart !== 'OnFailure' && restart !== 'Never')
        throw new KubectlFailure(`invalid restart policy: ${restart}`)
      return {
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
      }
    },
    'failed to create cronjob',
  )
