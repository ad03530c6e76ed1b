// What the cases have in common: taking times, and telling the parent what was measured.

/** Tells the parent one line of the table. `target` is the most it may be; left out if there is none. */
export const report = (measure, value, unit, target) =>
  process.send({ measure, value, unit, ...(target === undefined ? {} : { target }) })

/** Tells the parent a table of its own: the heads of its columns, then numbers. */
export const reportTable = (table) => process.send({ table })

/** CPU milliseconds of this process, all threads, while `act` runs. */
export const cpuOf = async (act) => {
  const before = process.cpuUsage()
  await act()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/** Megabytes of heap in use after a full collection. */
export const heapInUse = () => {
  globalThis.gc()
  return process.memoryUsage().heapUsed / 1e6
}

/** The median of numbers. */
export const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}

/** How long each of `count` runs of `act` took, in milliseconds. */
export const timesOf = async (count, act) => {
  const times = []
  for (let index = 0; index < count; index++) {
    const start = performance.now()
    await act(index)
    times.push(performance.now() - start)
  }
  return times
}
