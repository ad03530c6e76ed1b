import type { Cluster } from '#cluster.ts'

/** Why there is no such history, and what to do. */
export interface HistoryProblem {
  readonly status: 400 | 404 | 410
  readonly title: string
  readonly detail: string
  /** The oldest and the newest revision whose state can be shown. */
  readonly oldest: number
  readonly newest: number
}

export const isProblem = (value: object): value is HistoryProblem => 'status' in value

const windowOf = ({ oldest, revision }: Cluster): Pick<HistoryProblem, 'oldest' | 'newest'> => ({
  oldest,
  newest: revision,
})

export const badQuery = (cluster: Cluster, detail: string): HistoryProblem => ({
  status: 400,
  title: 'Bad query',
  detail,
  ...windowOf(cluster),
})

export const notYet = (cluster: Cluster, revision: number): HistoryProblem => ({
  status: 404,
  title: 'No such revision',
  detail: `revision ${revision} was not written yet: the newest is ${cluster.revision}`,
  ...windowOf(cluster),
})

export const compacted = (cluster: Cluster, revision: number): HistoryProblem => ({
  status: 410,
  title: 'Revision is gone',
  detail: `revision ${revision} is not kept any more: the oldest is ${cluster.oldest}`,
  ...windowOf(cluster),
})

/** Undefined: the state as of the revision can be shown. */
export const windowProblem = (cluster: Cluster, revision: number): HistoryProblem | undefined => {
  if (!(revision <= cluster.revision)) return notYet(cluster, revision)
  return revision < cluster.oldest ? compacted(cluster, revision) : undefined
}

const NUMBER = /^\d{1,15}$/

/** A revision as it stands in an address. */
export const readRevision = (
  cluster: Cluster,
  text: string,
  name = 'revision',
): number | HistoryProblem =>
  NUMBER.test(text)
    ? Number(text)
    : badQuery(
        cluster,
        `${name}: ${JSON.stringify(text.slice(0, 100))} is no revision: write a whole number from ${cluster.oldest} to ${cluster.revision}`,
      )
