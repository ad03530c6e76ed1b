import type { Secret } from '#api/core/v1/secret/types.ts'
import { encodeBase64 } from '#apimachinery/base64.ts'
import { assign, setKey, type StringMap } from '#apimachinery/object.ts'
import { encodeUtf8 } from '#apimachinery/utf8.ts'

/**
 * stringData is for writing only: it overrides data and is never stored.
 * kubernetes: pkg/apis/core/v1/conversion.go Convert_v1_Secret_To_core_Secret
 */
const mergedData = ({ data, stringData }: Secret): StringMap | undefined => {
  if (stringData === undefined || Object.keys(stringData).length === 0) return data
  const merged: Record<string, string> = {}
  const keys = new Set([...Object.keys(data ?? {}), ...Object.keys(stringData)])
  for (const key of [...keys].sort())
    setKey(
      merged,
      key,
      Object.hasOwn(stringData, key) ? encodeBase64(encodeUtf8(stringData[key]!)) : data![key]!,
    )
  return merged
}

/** kubernetes: pkg/apis/core/v1/defaults.go SetDefaults_Secret */
export const secretDefaults = (secret: Secret): Secret =>
  assign(secret, {
    data: mergedData(secret),
    stringData: undefined,
    type: secret.type === undefined || secret.type === '' ? 'Opaque' : secret.type,
  })
