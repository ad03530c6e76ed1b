import type { ApplyOutcome } from '../durable-objects/cluster-session.ts'

/** Where a manifest was refused, and the API server's Status if it came to that. */
export const placeOf = ({ document, line, status }: NonNullable<ApplyOutcome['error']>) => ({
  document,
  line,
  ...(status === undefined ? {} : { cause: status }),
})
