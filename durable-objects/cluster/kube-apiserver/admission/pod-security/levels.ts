// kubernetes: pod-security-admission api/helpers.go, policy/registry.go
import { at, invalidValue, type FieldError } from '#apimachinery/field-error.ts'
import { own, type ObjectMeta, type StringMap } from '#apimachinery/object.ts'
import type { PodSpec } from '#api/core/v1/pod/types.ts'
import { baselineChecks } from '#kube-apiserver/admission/pod-security/baseline.ts'
import type { Check, Violation } from '#kube-apiserver/admission/pod-security/check.ts'
import { restrictedChecks } from '#kube-apiserver/admission/pod-security/restricted.ts'

export type Mode = 'enforce' | 'audit' | 'warn'

/** A level of one version of the standards. differs: every version has the checks of the latest. */
export interface Level {
  readonly level: 'privileged' | 'baseline' | 'restricted'
  /** `latest`, `v1.30` */
  readonly version: string
}

const LABEL = 'pod-security.kubernetes.io/'
const LEVELS: ReadonlySet<string> = new Set(['privileged', 'baseline', 'restricted'])
const VERSION = /^(latest|v1\.(0|[1-9]\d*))$/

const CHECKS: Readonly<Record<Level['level'], readonly Check[]>> = {
  privileged: [],
  baseline: baselineChecks,
  restricted: restrictedChecks,
}

/** What a namespace's labels ask for; a level that is none counts as the strictest. */
export const levelOf = (labels: StringMap | undefined, mode: Mode): Level => {
  const level = own(labels, `${LABEL}${mode}`)
  const version = own(labels, `${LABEL}${mode}-version`)
  return {
    level:
      level === undefined
        ? 'privileged'
        : LEVELS.has(level)
          ? (level as Level['level'])
          : 'restricted',
    version: version !== undefined && VERSION.test(version) ? version : 'latest',
  }
}

export const levelErrors = (labels: StringMap | undefined): readonly FieldError[] =>
  (['enforce', 'audit', 'warn'] as const).flatMap((mode) => {
    const level = own(labels, `${LABEL}${mode}`)
    const version = own(labels, `${LABEL}${mode}-version`)
    return [
      ...(level === undefined || LEVELS.has(level)
        ? []
        : [
            invalidValue(
              at('metadata.labels', `${LABEL}${mode}`),
              level,
              'must be one of privileged, baseline, restricted',
            ),
          ]),
      ...(version === undefined || VERSION.test(version)
        ? []
        : [
            invalidValue(
              at('metadata.labels', `${LABEL}${mode}-version`),
              version,
              'must be "latest" or "v1.x"',
            ),
          ]),
    ]
  })

export const violations = (
  { level }: Level,
  spec: PodSpec,
  metadata: ObjectMeta,
): readonly Violation[] => CHECKS[level].flatMap((check) => check(spec, metadata) ?? [])

export const levelText = ({ level, version }: Level): string => `"${level}:${version}"`

/** `privileged (container "a" must not …), hostPort (…)` */
export const violationsText = (found: readonly Violation[]): string =>
  found.map(({ reason, detail }) => `${reason} (${detail})`).join(', ')

/** Whether `a` forbids more than `b` may have forbidden. */
export const isStricter = (a: Level, b: Level): boolean => {
  const order = ['privileged', 'baseline', 'restricted']
  return order.indexOf(a.level) > order.indexOf(b.level)
}
