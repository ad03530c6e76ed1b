// Whether the Service is about to go.
import type { Cause } from './cause.ts'
import { type DiagnosisContext, namespaceOf, placeOf } from './context.ts'

export const endingServiceCause = ({ client, service }: DiagnosisContext): Cause | undefined => {
  const namespace = client.get('namespaces', '', namespaceOf(service))
  const isNamespace = namespace?.metadata.deletionTimestamp !== undefined
  const ending = isNamespace ? namespace : service
  const { deletionTimestamp, finalizers = [] } = ending.metadata
  if (deletionTimestamp === undefined) return undefined
  const what = isNamespace ? `The namespace ${namespaceOf(service)}` : service.metadata.name
  const held = service.metadata.finalizers ?? []
  return {
    code: 'BeingDeleted',
    says: `${what} is being deleted, and ${isNamespace ? 'all that is in it goes with it: new Pods are refused there' : 'with it its address and its rules'}. This cannot be taken back: make the Service again ${isNamespace ? 'in another namespace' : 'when it is gone'}.${held.length === 0 ? '' : ` It is still there because of its finalizer ${held[0]}, which somebody has to take off.`}`,
    evidence: [
      {
        place: placeOf(ending, 'metadata.deletionTimestamp'),
        expected: 'none',
        found: deletionTimestamp,
      },
      ...(finalizers.length === 0
        ? []
        : [{ place: placeOf(ending, 'metadata.finalizers'), found: finalizers }]),
    ],
    place: placeOf(ending, 'metadata.deletionTimestamp'),
  }
}
