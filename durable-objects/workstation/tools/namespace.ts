// Which namespace kubectl would use: that of the current context.
import { isFailure } from '#shell/files/failure.ts'
import type { ToolCall } from '#shell/tools/tool.ts'
import { parseYaml } from '#apimachinery/yaml/parse.ts'

interface Kubeconfig {
  readonly 'current-context'?: string
  readonly contexts?: readonly {
    readonly name?: string
    readonly context?: { readonly namespace?: string }
  }[]
}

const DEFAULT = 'default'

export const currentNamespace = ({ files, env }: Pick<ToolCall, 'files' | 'env'>): string => {
  const path = (env['KUBECONFIG'] ?? '').split(':')[0] || `${env['HOME'] ?? ''}/.kube/config`
  const text = files.read(path)
  if (isFailure(text)) return DEFAULT
  try {
    const config = Object(parseYaml(text).value) as Kubeconfig
    const { contexts = [] } = config
    const current = contexts.find(({ name }) => name === config['current-context'])
    return current?.context?.namespace || DEFAULT
  } catch {
    return DEFAULT // kubectl says what is wrong with the file
  }
}
