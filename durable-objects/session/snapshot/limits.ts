import { HOME_LIMIT, MOST_FILES } from '../../workstation/home.ts'

/** How much of a snapshot is read. Whatever is beyond is refused before it is made. */
export interface SnapshotLimits {
  /** The snapshot itself. */
  readonly compressedBytes: number
  /** Its canonical text. */
  readonly bytes: number
  readonly rows: number
  readonly lineBytes: number
  readonly files: number
  readonly fileBytes: number
}

const MB = 1024 * 1024

/** What somebody brings along in a link: from anybody, and held in memory as a whole. */
export const LINK_LIMITS: SnapshotLimits = {
  compressedBytes: 36 * 1024,
  bytes: 8 * MB,
  rows: 20_000,
  lineBytes: 2 * MB,
  files: MOST_FILES,
  fileBytes: HOME_LIMIT,
}

/** What this server wrote: twice ten thousand Pods with their Events. */
export const STORED_LIMITS: SnapshotLimits = {
  compressedBytes: 64 * MB,
  bytes: 256 * MB,
  rows: 250_000,
  // a file of five megabytes that is full of what JSON escapes
  lineBytes: 32 * MB,
  files: MOST_FILES,
  fileBytes: HOME_LIMIT,
}
