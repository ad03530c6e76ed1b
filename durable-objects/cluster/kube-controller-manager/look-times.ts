// When the API server looks again at what it has made itself.
import { parseTime } from '#apimachinery/time.ts'
import type { Client } from '#client/client.ts'

/** Looks are counted from the cluster's beginning. */
export const nextLook = (client: Client, earliest: number, interval: number): number => {
  const { creationTimestamp } = client.get('namespaces', '', 'default')?.metadata ?? {}
  const start = creationTimestamp === undefined ? 0 : parseTime(creationTimestamp)
  return start + Math.ceil((earliest - start) / interval) * interval
}
