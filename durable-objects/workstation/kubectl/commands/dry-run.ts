// `--dry-run` and `--validate`. kubernetes: kubectl pkg/cmd/util/helpers.go GetDryRunStrategy, GetValidationDirective
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { logLine } from '#kubectl/log.ts'

export { logLine }

export type DryRun = 'none' | 'client' | 'server'

/** Throws what is said of values that do not exist. */
export const dryRunOf = (run: Invocation): DryRun => {
  if (!run.flags.has('dry-run')) return 'none'
  const value = run.flags.string('dry-run')
  switch (value) {
    case 'none':
    case 'client':
    case 'server':
      return value
    case 'unchanged':
    case '':
      run.err(
        logLine(
          run,
          'helpers.go:719',
          '--dry-run is deprecated and can be replaced with --dry-run=client.',
        ),
      )
      return 'client'
    default:
      if (/^(1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(value)) {
        const isTrue = /^[1tT]/.test(value)
        run.err(
          logLine(
            run,
            isTrue ? 'helpers.go:733' : 'helpers.go:736',
            isTrue
              ? `--dry-run=${value} is deprecated (boolean value) and can be replaced with --dry-run=client.`
              : `--dry-run=${value} is deprecated (boolean value) and can be replaced with --dry-run=none.`,
          ),
        )
        return isTrue ? 'client' : 'none'
      }
      throw new KubectlFailure(
        `Invalid dry-run value (${value}). Must be "none", "server", or "client".`,
      )
  }
}

export type Validation = 'Strict' | 'Warn' | 'Ignore'

export const validationOf = ({ flags }: Invocation): Validation => {
  const value = flags.string('validate')
  switch (value) {
    case 'warn':
      return 'Warn'
    case 'ignore':
    case 'false':
      return 'Ignore'
    case 'strict':
    case 'true':
    case '':
      return 'Strict'
    default:
      throw new KubectlFailure(
        `invalid - validate option ${JSON.stringify(value)}; must be one of: strict (or true), warn, ignore (or false)`,
      )
  }
}

/** What stands behind the path of a request that writes. */
export const writeQuery = (
  manager: string,
  dryRun: DryRun,
  validation?: Validation,
): readonly (readonly [string, string])[] => [
  ...(dryRun === 'server' ? ([['dryRun', 'All']] as const) : []),
  ...(manager === '' ? [] : ([['fieldManager', manager]] as const)),
  ...(validation === undefined ? [] : ([['fieldValidation', validation]] as const)),
]

/** `--field-manager`, or what the command is called. */
export const managerOf = ({ flags }: Invocation): string =>
  flags.has('field-manager') ? flags.string('field-manager') : ''
