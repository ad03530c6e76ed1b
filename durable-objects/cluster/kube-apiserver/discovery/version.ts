/** The release that is mirrored, letter for letter. Recordings in test/conformance are of this one. */
export const KUBERNETES_VERSION = 'v1.36.2'

const [major = '', minor = ''] = KUBERNETES_VERSION.slice(1).split('.')

/** What `kubectl version` prints. */
export const versionInfo = {
  major,
  minor,
  emulationMajor: major,
  emulationMinor: minor,
  minCompatibilityMajor: major,
  minCompatibilityMinor: String(Number(minor) - 1),
  gitVersion: KUBERNETES_VERSION,
  gitCommit: '0000000000000000000000000000000000000000',
  gitTreeState: 'clean',
  buildDate: '2026-06-09T00:00:00Z',
  goVersion: 'go1.26.0',
  compiler: 'gc',
  platform: 'linux/amd64',
} as const
