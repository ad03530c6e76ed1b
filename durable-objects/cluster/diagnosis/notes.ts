// What surprises people of a Service that works as it is told to.
import type { Note } from './cause.ts'
import { type DiagnosisContext, placeOf } from './context.ts'

const DEFAULT_SECONDS = 10_800

export const notesOn = ({ service }: DiagnosisContext): readonly Note[] => {
  const { sessionAffinity, sessionAffinityConfig, clusterIP } = service.spec
  if (sessionAffinity !== 'ClientIP' || clusterIP === 'None') return []
  const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds ?? DEFAULT_SECONDS
  return [
    {
      says: `sessionAffinity is ClientIP: everything that comes from one address goes to the same Pod until ${seconds} s pass without a request. One caller never sees the other Pods.`,
      place: placeOf(service, 'spec.sessionAffinity'),
    },
  ]
}
