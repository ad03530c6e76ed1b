// What this kubectl says that it is, and `--match-server-version`. kubernetes: apimachinery pkg/version
import type { JsonObject } from '#apimachinery/object.ts'
import { KubectlFailure } from '#kubectl/failure.ts'

/** The version of the kubectl whose help texts it has. */
export const CLIENT_VERSION = 'v1.36.3'

export const CLIENT: JsonObject = {
  major: '1',
  minor: '36',
  gitVersion: CLIENT_VERSION,
  gitCommit: '0f29094e5b73085e3802ecc1298ecae13866bfe6',
  gitTreeState: 'clean',
  buildDate: '2026-07-14T00:00:00Z',
  goVersion: 'go1.26.5',
  compiler: 'gc',
  platform: 'linux/amd64',
}

const FIELDS = [
  'major',
  'minor',
  'emulationMajor',
  'emulationMinor',
  'minCompatibilityMajor',
  'minCompatibilityMinor',
  'gitVersion',
  'gitCommit',
  'gitTreeState',
  'buildDate',
  'goVersion',
  'compiler',
  'platform',
]

/** As Go writes a struct that it looks into. */
const infoText = (info: JsonObject): string => {
  const fields = FIELDS.map((field) => {
    const name = field[0]!.toUpperCase() + field.slice(1)
    return `${name}:${JSON.stringify(info[field] ?? '')}`
  })
  return `version.Info{${fields.join(', ')}}`
}

/** Throws if the two are not the same. kubernetes: client-go discovery MatchesServerVersion */
export const refuseOtherVersion = (server: JsonObject): void => {
  const [theirs, ours] = [infoText(server), infoText(CLIENT)]
  if (theirs !== ours)
    throw new KubectlFailure(`server version (&${theirs}) differs from client version (${ours})`)
}
