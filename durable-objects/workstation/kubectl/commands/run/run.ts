// kubernetes: kubectl pkg/cmd/run/run.go
import type { JsonObject } from '#apimachinery/object.ts'
import type { ToolRun } from '#shell/tools/tool.ts'
import { isReference } from '#apimachinery/image-reference.ts'
import { type DryRun, dryRunOf } from '#kubectl/commands/dry-run.ts'
import { sendGenerated } from '#kubectl/commands/generated-object.ts'
import { labelsOf, overridden } from '#kubectl/commands/overrides.ts'
import { attachToRun } from '#kubectl/commands/run/attached.ts'
import { propagationOf } from '#kubectl/commands/delete/delete.ts'
import { asFailure, KubectlFailure, throwAll } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { type ResultPrinter, resultPrinter } from '#kubectl/output/result.ts'
import type { Info } from '#kubectl/resource/info.ts'

const POLICIES = ['Always', 'OnFailure', 'Never']

export function* runImage(run: Invocation): ToolRun<void> {
  const { flags } = run
  const [name] = run.args
  const dryRun = dryRunOf(run)
  const printer = resultPrinter(run, dryRun, { isTyped: true })
  const cascade = propagationOf(run)
  if (name === undefined || run.dashAt === 0) throw run.usage('NAME is required for run')
  check(run, dryRun)
  const labels = flags.string('labels') === '' ? { run: name } : labelsOf(flags.string('labels'))
  const pod = sendGenerated(run, overridden(run, podOf(run, name, labels)), dryRun)
  const failures: Error[] = []
  const service = flags.bool('expose')
    ? exposed(run, printer, serviceOf(run, name, labels), { dryRun, failures })
    : []
  if (isAttached(run)) return yield* attachToRun(run, { pod, made: [pod, ...service], cascade })
  printer.print(pod, 'created')
  throwAll(failures)
}

const isAttached = ({ flags }: Invocation): boolean =>
  flags.changed('attach') ? flags.bool('attach') : flags.bool('stdin')

const exposed = (
  run: Invocation,
  printer: ResultPrinter,
  service: JsonObject,
  { dryRun, failures }: { readonly dryRun: DryRun; readonly failures: Error[] },
): readonly Info[] => {
  try {
    const info = sendGenerated(run, service, dryRun)
    printer.print(info, 'created')
    return [info]
  } catch (error) {
    failures.push(asFailure(error))
    return []
  }
}

const check = (run: Invocation, dryRun: DryRun): void => {
  const { flags } = run
  const image = flags.string('image')
  if (!isReference(image))
    throw new KubectlFailure(
      `Invalid image name ${JSON.stringify(image)}: invalid reference format`,
    )
  if (flags.bool('tty') && !flags.bool('stdin'))
    throw run.usage('-i/--stdin is required for containers with -t/--tty=true')
  if (flags.bool('expose') && flags.string('port') === '')
    throw run.usage('--port must be set when exposing a service')
  const restart = flags.string('restart')
  if (restart !== '' && !POLICIES.includes(restart))
    throw run.usage(`invalid restart policy: ${restart}`)
  if (flags.bool('rm') && !isAttached(run))
    throw run.usage('--rm should only be used for attached containers')
  if (isAttached(run) && dryRun !== 'none')
    throw run.usage(
      "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)",
    )
  const pull = flags.string('image-pull-policy')
  if (pull !== '' && !['Always', 'IfNotPresent', 'Never'].includes(pull))
    throw run.usage(`invalid image pull policy: ${pull}`)
}

const environmentOf = (pairs: readonly string[]): readonly JsonObject[] =>
  pairs.map((pair) => {
    const at = pair.indexOf('=')
    if (at < 1) throw new KubectlFailure(`invalid env: ${pair}`)
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1)]
    return value === '' ? { name } : { name, value }
  })

const portOf = (text: string): number => {
  if (/^[+-]?\d+$/.test(text)) return Number(text)
  throw new KubectlFailure(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
}

/** kubernetes: pkg/generate/versioned/run.go BasicPod */
const podOf = (run: Invocation, name: string, labels: JsonObject): JsonObject => {
  const { flags } = run
  const words = run.args.slice(1)
  const port = flags.string('port')
  const pull = flags.string('image-pull-policy')
  const env = environmentOf(flags.list('env'))
  const command = words.length === 0 ? {} : { [flags.bool('command') ? 'command' : 'args']: words }
  const annotations = Object.fromEntries(
    flags.list('annotations').map((pair) => {
      const at = pair.indexOf('=')
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      name,
      labels,
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    spec: {
      containers: [
        {
          name,
          image: flags.string('image'),
          ...command,
          ...(port === '' ? {} : { ports: [{ containerPort: portOf(port) }] }),
          ...(env.length === 0 ? {} : { env }),
          resources: {},
          ...(pull === '' ? {} : { imagePullPolicy: pull }),
          ...(flags.bool('stdin') ? { stdin: true } : {}),
          ...(flags.bool('stdin') && !flags.bool('leave-stdin-open') ? { stdinOnce: true } : {}),
          ...(flags.bool('tty') ? { tty: true } : {}),
          ...(flags.bool('privileged') ? { securityContext: { privileged: true } } : {}),
        },
      ],
      restartPolicy: flags.string('restart') || 'Always',
      dnsPolicy: 'ClusterFirst',
    },
    status: {},
  }
}

const serviceOf = ({ flags }: Invocation, name: string, labels: JsonObject): JsonObject => {
  const port = portOf(flags.string('port'))
  return {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { name },
    spec: { ports: [{ protocol: 'TCP', port, targetPort: port }], selector: labels },
    status: { loadBalancer: {} },
  }
}
