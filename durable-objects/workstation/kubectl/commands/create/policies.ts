// What limits others. kubernetes: kubectl pkg/cmd/create/{create_quota,create_pdb,create_priorityclass}.go
import type { JsonObject } from '#apimachinery/object.ts'
import { amountsOf } from '#kubectl/commands/amounts.ts'
import { createGenerated, metadataFor, named } from '#kubectl/commands/create/generated.ts'
import { intOrString } from '#kubectl/command/values.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { CommandBody, Invocation } from '#kubectl/invocation.ts'
import { labelSelectorOf } from '#kubectl/resource/label-selector.ts'

export const quota: CommandBody = (run) =>
  createGenerated(
    run,
    named((name) => ({
      kind: 'ResourceQuota',
      apiVersion: 'v1',
      metadata: metadataFor(run, name),
      spec: {
        hard: amountsOf(run.flags.string('hard')),
        scopes: scopesOf(run.flags.string('scopes')),
      },
    })),
    'failed to create quota',
  )

const scopesOf = (text: string): readonly string[] => {
  if (text === '') return []
  const scopes = text.split(',')
  if (scopes.includes('')) throw new KubectlFailure('invalid resource quota scope ""')
  return scopes
}

export const disruptionBudget: CommandBody = (run) =>
  createGenerated(
    run,
    named((name) => {
      const limit = limitOf(run)
      return {
        kind: 'PodDisruptionBudget',
        apiVersion: 'policy/v1',
        metadata: metadataFor(run, name),
        spec: { ...limit, selector: { ...labelSelectorOf(run.flags.string('selector')) } },
      }
    }),
    'failed to create poddisruptionbudgets',
  )

const limitOf = ({ flags }: Invocation): JsonObject => {
  const least = flags.string('min-available')
  const most = flags.string('max-unavailable')
  if (flags.string('selector') === '') throw new KubectlFailure('a selector must be specified')
  if (most === '' && least === '')
    throw new KubectlFailure('one of min-available or max-unavailable must be specified')
  if (most !== '' && least !== '')
    throw new KubectlFailure('min-available and max-unavailable cannot be both specified')
  if (!/^[0-9]+%?$/.test(least || most))
    throw new KubectlFailure(
      `invalid format specified for ${least === '' ? 'max-unavailable' : 'min-available'}`,
    )
  return least === '' ? { maxUnavailable: intOrString(most) } : { minAvailable: intOrString(least) }
}

export const priorityClass: CommandBody = (run) =>
  createGenerated(
    run,
    (name) => ({
      kind: 'PriorityClass',
      apiVersion: 'scheduling.k8s.io/v1',
      metadata: { name },
      value: run.flags.int('value'),
      globalDefault: run.flags.bool('global-default'),
      description: run.flags.string('description'),
      preemptionPolicy: run.flags.string('preemption-policy'),
    }),
    'failed to create priorityclass',
  )
