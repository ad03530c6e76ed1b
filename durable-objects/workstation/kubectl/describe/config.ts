import type { ConfigMap } from '#api/core/v1/config-map/types.ts'
import type { Secret } from '#api/core/v1/secret/types.ts'
import type { ServiceAccount } from '#api/core/v1/service-account/types.ts'
import { decodeBase64 } from '#apimachinery/base64.ts'
import type { KubeObject } from '#apimachinery/object.ts'
import { decodeUtf8Loosely } from '#apimachinery/utf8.ts'
import type { DescribeContext } from '#kubectl/describe/context.ts'
import { describeEventsOf } from '#kubectl/describe/events.ts'
import { describeHead } from '#kubectl/describe/metadata.ts'
import { tabbed } from '#kubectl/output/prefix-writer.ts'

const sortedKeys = (map: Readonly<Record<string, string>> | undefined): readonly string[] =>
  Object.keys(map ?? {}).sort()

/** kubernetes: kubectl pkg/describe ConfigMapDescriber */
export const describeConfigMap = (context: DescribeContext, object: KubeObject): string => {
  const { data, binaryData } = object as ConfigMap
  return tabbed((w) => {
    describeHead(w, object)
    w.write(0, '\nData\n====\n')
    for (const key of sortedKeys(data)) w.write(0, `${key}:\n----\n${data![key]!}\n\n`)
    w.write(0, '\nBinaryData\n====\n')
    for (const key of sortedKeys(binaryData))
      w.write(0, `${key}: ${decodeBase64(binaryData![key]!).length} bytes\n`)
    w.write(0, '\n')
    describeEventsOf(context, w, object)
  })
}

/** kubernetes: kubectl pkg/describe SecretDescriber */
export const describeSecret = (_context: DescribeContext, object: KubeObject): string => {
  const { type, data } = object as Secret
  return tabbed((w) => {
    describeHead(w, object)
    w.write(0, `\nType:\t${type ?? ''}\n`)
    w.write(0, '\nData\n====\n')
    for (const key of sortedKeys(data)) {
      const bytes = decodeBase64(data![key]!)
      const isToken = key === 'token' && type === 'kubernetes.io/service-account-token'
      w.field(0, key, isToken ? decodeUtf8Loosely(bytes) : `${bytes.length} bytes`)
    }
  })
}

const PULL_SECRETS = 'Image pull secrets:'

/** kubernetes: kubectl pkg/describe ServiceAccountDescriber */
export const describeServiceAccount = (context: DescribeContext, object: KubeObject): string => {
  const { imagePullSecrets = [] } = object as ServiceAccount
  return tabbed((w) => {
    describeHead(w, object)
    if (imagePullSecrets.length === 0) w.write(0, `${PULL_SECRETS}\t<none>\n`)
    for (const [index, { name }] of imagePullSecrets.entries()) {
      const header = index === 0 ? PULL_SECRETS : ' '.repeat(PULL_SECRETS.length)
      w.write(0, `${header}\t${name ?? ''}\n`)
    }
    describeEventsOf(context, w, object)
  })
}
