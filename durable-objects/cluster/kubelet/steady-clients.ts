// Who asks a server again and again. A client in a loop really asks only at first; after that one question stands for ever more of them
// (images/network-moments.ts), and what it stands for is worked out here from the lines that the server logged.
import type { KeptLine } from '#kubelet/container-disk.ts'

/** So often a loop asks at each of its turns, at least; half of that tells its pace. */
const EAGER = 10
/** The pauses between later questions are a tenth of the loop's age, and a second at least. */
const LONGEST_PAUSE = 0.15
const SHORTEST_PAUSE_MS = 3000

/** The address that an access log begins with. */
const CLIENT = /^(\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:]+:[0-9a-f:]+) /

/** How many answers a second all servers together give to clients that do not stop asking at a moment. */
export const steadyRate = (lines: readonly KeptLine[], at: number): number => {
  const clients = new Map<string, number[]>()
  for (const line of lines) {
    const client = CLIENT.exec(line.text)?.[1]
    if (client === undefined || line.at > at) continue
    const moments = clients.get(client)
    if (moments === undefined) clients.set(client, [line.at])
    else moments.push(line.at)
  }
  let rate = 0
  for (const moments of clients.values())
    rate += rateOf(
      moments.toSorted((a, b) => a - b),
      at,
    )
  return rate
}

const rateOf = (moments: readonly number[], at: number): number => {
  const [first, last] = [moments[0]!, moments.at(-1)!]
  const eager = moments[EAGER - 1]
  if (eager === undefined || eager === first) return 0
  const isOver = at - last > SHORTEST_PAUSE_MS + LONGEST_PAUSE * (last - first)
  return isOver ? 0 : ((EAGER - 1) * 1000) / (eager - first)
}
