import { printYaml } from '../cluster/apimachinery/yaml/print.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { diagnosisText } from '../cluster/diagnosis/diagnosis-text.ts'
import type { Attempt } from '../cluster/diagnosis/context.ts'
import { readDiagnosisQuery } from '../cluster/diagnosis/read-query.ts'

export type DiagnosisAnswer =
  | { readonly contentType: string; readonly text: string }
  /** What was asked cannot be read. */
  | { readonly problem: string }
  /** `namespace/name` of the Service that is not there. */
  | { readonly missing: string }

export const diagnosisAnswer = (
  cluster: Cluster,
  query: Readonly<Record<string, string>>,
  format: 'json' | 'yaml' | 'text',
): DiagnosisAnswer => {
  const asked = readDiagnosisQuery(query)
  if ('problem' in asked) return asked
  const { namespace, name, attempt } = asked
  const stranger = strangerOf(cluster, attempt)
  if (stranger !== undefined) return { problem: `from: there is no ${stranger}` }
  const diagnosis = cluster.diagnose(namespace, name, attempt)
  if (diagnosis === undefined) return { missing: `${namespace}/${name}` }
  switch (format) {
    case 'text':
      return { contentType: 'text/plain; charset=utf-8', text: diagnosisText(diagnosis) }
    case 'yaml':
      return { contentType: 'application/yaml', text: printYaml(diagnosis) }
    case 'json':
      return { contentType: 'application/json', text: JSON.stringify(diagnosis) }
  }
}

/** Who is said to have called, but is not there. */
const strangerOf = (cluster: Cluster, { from }: Attempt): string | undefined => {
  if (from === undefined) return undefined
  const world = cluster.world(true)
  if ('node' in from) return world.node(from.node) === undefined ? `Node ${from.node}` : undefined
  if (!('pod' in from)) return undefined
  const { namespace, name } = from.pod
  return world.pod(namespace, name) === undefined ? `Pod ${namespace}/${name}` : undefined
}
