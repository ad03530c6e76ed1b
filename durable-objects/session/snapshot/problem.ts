/**
 * Why bytes are not taken for a snapshot. `not ours`: something else. `newer`: of a later version of this server. `damaged`: they are not
 * what was written. `too large`: more than is read at once. `not a cluster`: what they hold cannot be made into a cluster.
 */
export type SnapshotFault = 'not ours' | 'newer' | 'damaged' | 'too large' | 'not a cluster'

/** The message says what to do, for whoever handed the bytes in. */
export class SnapshotProblem extends Error {
  override readonly name: string = 'SnapshotProblem'
  readonly fault: SnapshotFault

  constructor(fault: SnapshotFault, message: string) {
    super(message)
    this.fault = fault
  }
}

export const damaged = (what: string): SnapshotProblem =>
  new SnapshotProblem(
    'damaged',
    `The snapshot is damaged: ${what}. Copy the whole link again, or ask its author for a new one.`,
  )

export const notACluster = (what: string): SnapshotProblem =>
  new SnapshotProblem(
    'not a cluster',
    `The snapshot holds no cluster that could run: ${what}. Ask its author for a new one.`,
  )

export const tooLarge = (what: string): SnapshotProblem =>
  new SnapshotProblem(
    'too large',
    `The snapshot is too large: ${what}. Make one of a smaller cluster, or fork the session instead.`,
  )
