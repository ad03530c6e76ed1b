// Requests that are sent through the world and leave in it what packets leave: connections in the nodes' kernels.
import { trace } from '#network/trace-request.ts'
import type { Trace, TraceRequest } from '#network/trace.ts'
import type { ClusterWorld } from '#world/world.ts'

/** One request, hop by hop. */
export const sendOne = (world: ClusterWorld, request: TraceRequest): Trace => {
  const traced = trace(world, request)
  world.store()
  return traced
}
