// Finds and reads the file that says what is to be built. kustomize: api/internal/target/kusttarget.go Load
import type { JsonValue } from '#apimachinery/object.ts'
import { decode, decodeText } from '#kubectl/kustomize/decode.ts'
import { KustomizeError } from '#kubectl/kustomize/failure.ts'
import { KUSTOMIZATION, REPLACEMENT } from '#kubectl/kustomize/kustomization-shape.ts'
import type { Kustomization, Replacement } from '#kubectl/kustomize/kustomization.ts'
import type { Loader } from '#kubectl/kustomize/loader.ts'

/** A file of `replacements.path`: one, or a list. */
export const parseReplacements = (text: string): readonly Replacement[] => {
  const value = decodeText(text, 'any')
  const list = Array.isArray(value) ? (value as readonly JsonValue[]) : [value]
  return list.map((item) => decode(item, REPLACEMENT) as Replacement)
}

const FILE_NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']

const FIX = "Run 'kustomize edit fix' to update your Kustomization automatically."

const DEPRECATED: readonly (readonly [keyof Kustomization, string, string])[] = [
  ['bases', 'resources', FIX],
  ['commonLabels', 'labels', FIX],
  ['imageTags', 'images', FIX],
  ['patchesJson6902', 'patches', FIX],
  ['patchesStrategicMerge', 'patches', FIX],
  ['vars', 'replacements', `[EXPERIMENTAL] ${FIX}`],
]

const findFile = (loader: Loader): { readonly text: string; readonly name: string } => {
  const found = FILE_NAMES.flatMap((name) => {
    try {
      return [{ text: loader.load(name), name }]
    } catch (error) {
      if (error instanceof KustomizeError) return []
      throw error
    }
  })
  const [first] = found
  if (first === undefined)
    throw new KustomizeError(
      `unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '${loader.root}'`,
    )
  if (found.length > 1)
    throw new KustomizeError(`Found multiple kustomization files under: ${loader.root}\n`)
  return first
}

export interface LoadedKustomization {
  readonly kustomization: Kustomization
  readonly fileName: string
  readonly warnings: readonly string[]
}

export const loadKustomization = (loader: Loader): LoadedKustomization => {
  const { text, name } = findFile(loader)
  let read: Kustomization
  try {
    read = (decodeText(text, KUSTOMIZATION) ?? {}) as Kustomization
  } catch (error) {
    if (error instanceof KustomizeError)
      throw new KustomizeError(`invalid Kustomization: ${error.message}`)
    throw error
  }
  const warnings = DEPRECATED.filter(([field]) => read[field] !== undefined).map(
    ([field, instead, fix]) =>
      `# Warning: '${field}' is deprecated. Please use '${instead}' instead. ${fix}`,
  )
  const { bases = [], imageTags = [], ...rest } = read
  const isEmpty = Object.entries(read).every(
    ([key, value]) => key === 'apiVersion' || key === 'kind' || value === '',
  )
  if (isEmpty) throw new KustomizeError('kustomization.yaml is empty')
  const kind = read.kind ?? 'Kustomization'
  const version = `kustomize.config.k8s.io/${kind === 'Component' ? 'v1alpha1' : 'v1beta1'}`
  const problems: string[] = []
  if (kind !== 'Kustomization' && kind !== 'Component')
    problems.push('kind should be Kustomization or Component')
  if ((read.apiVersion ?? version) !== version)
    problems.push(`apiVersion for ${kind} should be ${version}`)
  if (problems.length > 0)
    throw new KustomizeError(
      `Failed to read kustomization file under ${loader.root}:\n${problems.join('\n')}`,
    )
  return {
    kustomization: {
      ...rest,
      kind,
      resources: [...(read.resources ?? []), ...bases],
      images: [...(read.images ?? []), ...imageTags],
    },
    fileName: name,
    warnings,
  }
}
