// A diagnosis as a person reads it in a terminal.
import type { Cause, Diagnosis, Evidence, Place } from './cause.ts'

const INDENT = '  '

export const diagnosisText = ({ service, isHealthy, causes, notes, checked }: Diagnosis): string =>
  [
    isHealthy
      ? `${service}: nothing hinders it.`
      : `${service}: ${causes.length === 1 ? 'one cause' : `${causes.length} causes`} found.`,
    ...causes.flatMap((cause) => ['', ...causeLines(cause)]),
    ...(notes.length === 0
      ? []
      : ['', 'Worth knowing:', ...notes.map(({ says }) => `${INDENT}- ${says}`)]),
    '',
    'Looked at:',
    ...checked.map((text) => `${INDENT}- ${text}`),
    '',
  ].join('\n')

const causeLines = ({ code, says, evidence, place, remedy }: Cause): readonly string[] => [
  `${code}: ${says}`,
  `${INDENT}where:    ${placeText(place)}`,
  ...evidence.map((item) => `${INDENT}evidence: ${evidenceText(item)}`),
  ...(remedy === undefined ? [] : [`${INDENT}remedy:   ${remedy.says}`]),
  ...(remedy?.command === undefined ? [] : [`${INDENT}${INDENT}${remedy.command}`]),
]

const placeText = ({ kind, namespace, name, field }: Place): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}${field === undefined ? '' : `, ${field}`}`

const valueText = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value)

const evidenceText = ({ place, expected, found }: Evidence): string =>
  `${placeText(place)} is ${valueText(found)}${expected === undefined ? '' : `, expected ${valueText(expected)}`}`
