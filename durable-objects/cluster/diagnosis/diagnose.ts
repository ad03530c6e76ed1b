// Why does my Service not work: what hinders everything first, and after that all that can be wrong beside each other.
import { append } from '#apimachinery/append.ts'
import { attemptCauses } from './attempt.ts'
import type { Cause, Diagnosis } from './cause.ts'
import { type DiagnosisContext, namespaceOf } from './context.ts'
import { endingServiceCause } from './ending.ts'
import { externalNameCause } from './external-name.ts'
import { notesOn } from './notes.ts'
import { outsideCause } from './outside.ts'
import { podFailureCause } from './pod-failures.ts'
import { portCauses } from './ports.ts'
import { reachCauses } from './reach.ts'
import { readinessCause } from './readiness.ts'
import { withCommand } from './remedy-command.ts'
import { selectorCause } from './selector.ts'
import { systemCauses } from './system.ts'
import { likelyCallers, trialCause } from './trial.ts'

interface Check {
  readonly says: string
  readonly causes: (context: DiagnosisContext) => readonly Cause[]
  /** Where it finds something, what comes later is only a consequence. */
  readonly isFirst?: boolean
  /** Looked at only where nothing was found. */
  readonly isLast?: boolean
}

const one =
  (check: (context: DiagnosisContext) => Cause | undefined) => (context: DiagnosisContext) => {
    const cause = check(context)
    return cause === undefined ? [] : [cause]
  }

const LASTING: Check = {
  says: 'the Service is there to stay',
  causes: one(endingServiceCause),
  isFirst: true,
}

const STANDPOINT: Check = {
  says: 'the caller stands where the Service can be reached',
  causes: one(outsideCause),
  isFirst: true,
}

const TRIAL: Check = {
  says: 'such a request arrives',
  causes: one(trialCause),
  isLast: true,
}

const CHECKS: readonly Check[] = [
  LASTING,
  STANDPOINT,
  { says: 'the selector finds Pods', causes: one(selectorCause), isFirst: true },
  {
    says: 'the Pods have nodes and images, and their programs go on',
    causes: one(podFailureCause),
    isFirst: true,
  },
  { says: 'one of the Pods is Ready', causes: one(readinessCause), isFirst: true },
  { says: 'the port and the name that were asked', causes: attemptCauses },
  { says: 'the Pods listen where the Service sends to', causes: portCauses },
  { says: 'nodes, policies and load balancers let the traffic through', causes: reachCauses },
  { says: 'DNS answers and kube-proxy runs', causes: systemCauses },
  TRIAL,
]

const EXTERNAL_CHECKS: readonly Check[] = [
  LASTING,
  STANDPOINT,
  { says: 'the external name answers', causes: one(externalNameCause) },
  { says: 'the name that was asked', causes: attemptCauses },
  { says: 'DNS answers', causes: systemCauses },
  TRIAL,
]

/** Pure: reads, changes nothing. */
export const diagnose = (context: DiagnosisContext): Diagnosis => {
  const found = lookedAt(context)
  const { attempt } = context
  if (attempt.from !== undefined || found.causes[0]?.code !== 'RequestFails') return found
  // nobody was named, and everybody fails: why does the first one?
  const [from] = likelyCallers(context)
  return from === undefined ? found : lookedAt({ ...context, attempt: { ...attempt, from } })
}

const lookedAt = (context: DiagnosisContext): Diagnosis => {
  const { service } = context
  const causes: Cause[] = []
  const checked: string[] = []
  for (const check of service.spec.type === 'ExternalName' ? EXTERNAL_CHECKS : CHECKS) {
    if (check.isLast === true && causes.length > 0) break
    checked.push(check.says)
    const found = check.causes(context)
    append(causes, found.map(withCommand))
    if (check.isFirst === true && found.length > 0) break
  }
  return {
    service: `${namespaceOf(service)}/${service.metadata.name}`,
    isHealthy: causes.length === 0,
    causes,
    notes: notesOn(context),
    checked,
  }
}
