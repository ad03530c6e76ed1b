// kubernetes: pkg/apis/core/validation/validation.go validateProbe, validateHandler, validateLifecycle
import { addInvalid, checkChoice, checkNotNegative, type Errors } from '#api/core/v1/pod/checks.ts'
import type {
  Container,
  HTTPGetAction,
  Lifecycle,
  LifecycleHandler,
  Probe,
} from '#api/core/v1/pod/container-types.ts'
import type { PodSpec } from '#api/core/v1/pod/types.ts'
import {
  forbiddenValue,
  invalidValue,
  notSupported,
  requiredValue,
} from '#apimachinery/field-error.ts'
import {
  isHttpHeaderName,
  isValidPortName,
  isValidPortNumber,
} from '#apimachinery/validation/names.ts'

type Handler = Omit<Probe, 'terminationGracePeriodSeconds'> & LifecycleHandler

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const

export const validatePortNumberOrName = (
  errors: Errors,
  port: number | string,
  path: string,
): void =>
  addInvalid(
    errors,
    path,
    port,
    typeof port === 'number' ? isValidPortNumber(port) : isValidPortName(port),
  )

const validateHttpGet = (errors: Errors, action: HTTPGetAction, path: string): void => {
  if (!action.path) errors.push(requiredValue(`${path}.path`))
  validatePortNumberOrName(errors, action.port ?? 0, `${path}.port`)
  checkChoice(errors, `${path}.scheme`, action.scheme ?? '', ['HTTP', 'HTTPS'])
  for (const { name = '' } of action.httpHeaders ?? [])
    addInvalid(errors, `${path}.httpHeaders`, name, isHttpHeaderName(name))
}

/** What is wrong with the one handler; `gracePeriod` is the Pod's. */
const validateOne = (
  errors: Errors,
  handler: Handler,
  kind: (typeof HANDLERS)[number],
  gracePeriod: number | undefined,
  path: string,
): void => {
  switch (kind) {
    case 'exec':
      if (!handler.exec!.command?.length) errors.push(requiredValue(`${path}.command`))
      return
    case 'httpGet':
      return validateHttpGet(errors, handler.httpGet!, path)
    case 'tcpSocket':
      return validatePortNumberOrName(errors, handler.tcpSocket!.port ?? 0, `${path}.port`)
    case 'grpc':
      return validatePortNumberOrName(errors, handler.grpc!.port ?? 0, `${path}.port`)
    case 'sleep': {
      const { seconds = 0 } = handler.sleep!
      if (gracePeriod !== undefined && (seconds < 0 || seconds > gracePeriod))
        errors.push(
          invalidValue(
            path,
            seconds,
            `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriod})`,
          ),
        )
    }
  }
}

const validateHandler = (
  errors: Errors,
  handler: Handler,
  gracePeriod: number | undefined,
  path: string,
): void => {
  let found = false
  for (const kind of HANDLERS) {
    if (handler[kind] === undefined) continue
    if (found)
      errors.push(forbiddenValue(`${path}.${kind}`, 'may not specify more than 1 handler type'))
    else validateOne(errors, handler, kind, gracePeriod, `${path}.${kind}`)
    found = true
  }
  if (!found) errors.push(requiredValue(path, 'must specify a handler type'))
}

const TIMES = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
] as const

const validateProbe = (errors: Errors, probe: Probe, spec: PodSpec, path: string): void => {
  validateHandler(errors, probe, spec.terminationGracePeriodSeconds, path)
  for (const field of TIMES) checkNotNegative(errors, `${path}.${field}`, probe[field])
  const grace = probe.terminationGracePeriodSeconds
  if (grace !== undefined && grace <= 0)
    errors.push(
      invalidValue(`${path}.terminationGracePeriodSeconds`, grace, 'must be greater than 0'),
    )
}

const validateOnceProbe = (errors: Errors, probe: Probe, spec: PodSpec, path: string): void => {
  validateProbe(errors, probe, spec, path)
  if ((probe.successThreshold ?? 0) !== 1)
    errors.push(invalidValue(`${path}.successThreshold`, probe.successThreshold ?? 0, 'must be 1'))
}

/** Lifecycle and the three probes of a container that keeps running. */
export const validateHooks = (
  errors: Errors,
  container: Container,
  spec: PodSpec,
  path: string,
): void => {
  const { lifecycle, livenessProbe, readinessProbe, startupProbe } = container
  if (lifecycle !== undefined) validateLifecycle(errors, lifecycle, spec, `${path}.lifecycle`)
  if (livenessProbe !== undefined)
    validateOnceProbe(errors, livenessProbe, spec, `${path}.livenessProbe`)
  if (readinessProbe !== undefined) {
    validateProbe(errors, readinessProbe, spec, `${path}.readinessProbe`)
    const grace = readinessProbe.terminationGracePeriodSeconds
    if (grace !== undefined)
      errors.push(
        invalidValue(
          `${path}.readinessProbe.terminationGracePeriodSeconds`,
          grace,
          'must not be set for readinessProbes',
        ),
      )
  }
  if (startupProbe !== undefined)
    validateOnceProbe(errors, startupProbe, spec, `${path}.startupProbe`)
}

const validateLifecycle = (
  errors: Errors,
  lifecycle: Lifecycle,
  spec: PodSpec,
  path: string,
): void => {
  const grace = spec.terminationGracePeriodSeconds
  if (lifecycle.postStart !== undefined)
    validateHandler(errors, lifecycle.postStart, grace, `${path}.postStart`)
  if (lifecycle.preStop !== undefined)
    validateHandler(errors, lifecycle.preStop, grace, `${path}.preStop`)
  if (lifecycle.stopSignal !== undefined)
    validateStopSignal(errors, lifecycle.stopSignal, spec, `${path}.stopSignal`)
}

const SIGNALS =
  'ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX'
const LINUX_SIGNALS = [
  ...SIGNALS.split(' ').map((name) => `SIG${name}`),
  ...Array.from({ length: 15 }, (_, index) => `SIGRTMIN+${index + 1}`),
  ...Array.from({ length: 14 }, (_, index) => `SIGRTMAX-${index + 1}`),
].sort()
const WINDOWS_SIGNALS = ['SIGKILL', 'SIGTERM']

const validateStopSignal = (errors: Errors, signal: string, spec: PodSpec, path: string): void => {
  const os = spec.os?.name
  if (spec.os === undefined)
    errors.push(forbiddenValue(path, 'may not be set for containers with empty `spec.os.name`'))
  else if (os === 'windows' || os === 'linux') {
    const supported = os === 'windows' ? WINDOWS_SIGNALS : LINUX_SIGNALS
    if (!supported.includes(signal)) errors.push(notSupported(path, signal, supported))
  }
}
