// kubernetes: kubectl pkg/cmd/kustomize, sigs.k8s.io/kustomize/kustomize/v5/commands/build
import { isFailure } from '#shell/files/failure.ts'
import { givenPath } from '#shell/files/path.ts'
import type { JsonObject } from '#apimachinery/object.ts'
import { parseYaml } from '#apimachinery/yaml/parse.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { metadataOf } from '#kubectl/resource/info.ts'
import { kustomizationText } from '#kubectl/resource/kustomization.ts'

const RESTRICTORS = ['LoadRestrictionsRootOnly', 'LoadRestrictionsNone']

export const kustomizeFolder = (run: Invocation): void => {
  const { args, flags, call } = run
  if (args.length > 1) throw new KubectlFailure('specify one path to kustomization.yaml')
  const restrictor = flags.string('load-restrictor')
  if (!RESTRICTORS.includes(restrictor))
    throw new KubectlFailure(
      `illegal flag value --load-restrictor ${restrictor}; legal values: [${RESTRICTORS.join(' ')}]`,
    )
  const text = kustomizationText(run, args[0] ?? '.', {
    isUnrestricted: restrictor === 'LoadRestrictionsNone',
  })
  const output = flags.string('output')
  if (output === '') return run.out(text)
  const path = givenPath(call.cwd, output)
  const stat = call.files.stat(path)
  if (!isFailure(stat) && stat.kind === 'directory') return writeApart(run, output, text)
  write(run, output, text)
}

const write = ({ call }: Invocation, path: string, text: string): void => {
  const problem = call.files.write(givenPath(call.cwd, path), text)
  if (isFailure(problem)) throw new KubectlFailure(`open ${path}: ${problem.text.toLowerCase()}`)
}

/** A file for each object. kustomize: WriteIndividualFiles */
const writeApart = (run: Invocation, folder: string, text: string): void => {
  const objects = text
    .split('\n---\n')
    .filter((chunk) => chunk.trim() !== '')
    .map((chunk) => ({
      chunk: chunk.endsWith('\n') ? chunk : `${chunk}\n`,
      object: parseYaml(chunk).value as JsonObject,
    }))
  const namespaces = new Set(objects.map(({ object }) => metadataOf(object).namespace ?? 'default'))
  for (const { chunk, object } of objects) {
    const { apiVersion = '', kind = '' } = object as Readonly<Record<string, string>>
    const { name = '', namespace = 'default' } = metadataOf(object)
    const file = `${apiVersion.replace('/', '_')}_${kind}_${name}.yaml`
    const path = namespaces.size > 1 ? `${namespace}_${file}` : file
    write(run, `${folder.replace(/\/$/, '')}/${path.toLowerCase()}`, chunk)
  }
}
