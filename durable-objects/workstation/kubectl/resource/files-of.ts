// What `-f`, `-k` and `-R` name. kubernetes: cli-runtime pkg/resource/builder.go FilenameOptions
import type { Invocation } from '#kubectl/invocation.ts'
import type { BuilderOptions } from '#kubectl/resource/builder.ts'

export const filesOf = ({
  flags,
}: Invocation): Required<Pick<BuilderOptions, 'filenames' | 'kustomize' | 'isRecursive'>> => ({
  filenames: flags.list('filename'),
  kustomize: flags.string('kustomize'),
  isRecursive: flags.bool('recursive'),
})
