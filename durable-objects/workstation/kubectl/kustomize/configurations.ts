// `configurations`: files that tell of further fields. kustomize: api/internal/plugins/builtinconfig
import { parseYaml, YamlError } from '#apimachinery/yaml/parse.ts'
import { KustomizeError } from '#kubectl/kustomize/failure.ts'
import {
  DEFAULT_CONFIG,
  mergeConfigs,
  type TransformerConfig,
} from '#kubectl/kustomize/field-specs.ts'
import type { Loader } from '#kubectl/kustomize/loader.ts'

const SECTIONS: ReadonlySet<string> = new Set(Object.keys(DEFAULT_CONFIG))

export const loadConfigurations = (loader: Loader, paths: readonly string[]): TransformerConfig => {
  let config = DEFAULT_CONFIG
  for (const path of paths) {
    const text = loader.load(path)
    let value: unknown
    try {
      value = parseYaml(text).value
    } catch (error) {
      if (error instanceof YamlError) throw new KustomizeError(error.message)
      throw error
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) continue
    const sections = Object.entries(value as Readonly<Record<string, unknown>>).filter(
      ([name, list]) => SECTIONS.has(name) && Array.isArray(list),
    )
    config = mergeConfigs(config, Object.fromEntries(sections) as Partial<TransformerConfig>)
  }
  return config
}
