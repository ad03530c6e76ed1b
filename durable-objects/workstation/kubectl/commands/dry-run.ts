// `--dry-run` and `--validate`. kubernetes: kubectl pkg/cmd/util/helpers.go GetDryRunStrategy, GetValidationDirective
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'

export type DryRun = 'none' | 'client' | 'server'

const PLACE = 'helpers.go:731'

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
        logLine(run, PLACE, '--dry-run is deprecated and can be replaced with --dry-run=client.'),
      )
      return 'client'
    default:
      if (/^(1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(value)) {
        const isTrue = /^[1tT]/.test(value)
        run.err(
          logLine(
            run,
            PLACE,
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

const two = (value: number): string => String(value).padStart(2, '0')

/** A warning as klog writes it. */
export const logLine = (run: Invocation, place: string, text: string): string => {
  const seconds = Math.floor(run.now() / 1000)
  const [month, day] = monthAndDay(Math.floor(seconds / 86_400))
  const time = [seconds / 3600, seconds / 60].map((part) =>
    two(Math.floor(part) % (part === seconds / 3600 ? 24 : 60)),
  )
  const rest = `${two(seconds % 60)}.${String(run.now() % 1000).padStart(3, '0')}000`
  return `W${two(month)}${two(day)} ${time.join(':')}:${rest} ${String(run.call.pid).padStart(7)} ${place}] ${text}\n`
}

/** Of a count of days since 1970. */
const monthAndDay = (days: number): readonly [number, number] => {
  const shifted = days + 719_468
  const dayOfEra = shifted % 146_097
  const year = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100))
  const part = Math.floor((5 * dayOfYear + 2) / 153)
  return [part < 10 ? part + 3 : part - 9, dayOfYear - Math.floor((153 * part + 2) / 5) + 1]
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
