// What somebody who may not read Secrets sees of their history: that something changed, and where, but no value.
import { assign, type JsonValue, type KubeObject, type StringMap } from '#apimachinery/object.ts'
import type { ChangedPath } from './changed-paths.ts'

const SECRETS = 'secrets'
const HIDDEN = '(hidden)'

/** `withSecrets`: the asker may read them. */
export const isHidden = (resource: string, withSecrets: boolean): boolean =>
  resource === SECRETS && !withSecrets

interface SecretData {
  readonly data?: StringMap
  readonly stringData?: StringMap
}

const blanked = (map: StringMap): StringMap =>
  Object.fromEntries(Object.keys(map).map((key) => [key, HIDDEN]))

/** Annotations, too, may hold what was applied. */
export const withoutValues = (secret: KubeObject): KubeObject => {
  const { data, stringData } = secret as KubeObject & SecretData
  const { annotations } = secret.metadata
  return assign(secret as KubeObject & SecretData, {
    ...(data === undefined ? {} : { data: blanked(data) }),
    ...(stringData === undefined ? {} : { stringData: blanked(stringData) }),
    ...(annotations === undefined
      ? {}
      : { metadata: assign(secret.metadata, { annotations: blanked(annotations) }) }),
  })
}

const VALUES = /^(data|stringData|metadata\.annotations)(?![A-Za-z_$\w-])/

export const withoutChangedValues = (changes: readonly ChangedPath[]): readonly ChangedPath[] =>
  changes.map((change) => {
    if (!VALUES.test(change.path)) return change
    const hidden: JsonValue = HIDDEN
    return {
      path: change.path,
      ...('from' in change ? { from: hidden } : {}),
      ...('to' in change ? { to: hidden } : {}),
    }
  })
