// kubernetes: kubectl pkg/cmd/clusterinfo/clusterinfo_dump.go
import { isFailure } from '#shell/files/failure.ts'
import { givenPath } from '#shell/files/path.ts'
import type { JsonObject } from '#apimachinery/object.ts'
import { KubectlFailure } from '#kubectl/failure.ts'
import type { Invocation } from '#kubectl/invocation.ts'
import { withoutManagedFields } from '#kubectl/output/format.ts'
import { typedPrinterFor } from '#kubectl/output/printer.ts'
import { asTyped } from '#kubectl/output/typed.ts'
import { itemsOf } from '#kubectl/resource/documents.ts'
import { makeFoldersFor } from '#kubectl/resource/folders.ts'
import { metadataOf } from '#kubectl/resource/info.ts'

/** Of each namespace: the file's name and the resource's path. */
const LISTS = [
  ['events', '/api/v1', 'events'],
  ['replication-controllers', '/api/v1', 'replicationcontrollers'],
  ['services', '/api/v1', 'services'],
  ['daemonsets', '/apis/apps/v1', 'daemonsets'],
  ['deployments', '/apis/apps/v1', 'deployments'],
  ['replicasets', '/apis/apps/v1', 'replicasets'],
  ['pods', '/api/v1', 'pods'],
] as const

export const clusterDump = (run: Invocation): void => {
  const { flags } = run
  const folder = flags.string('output-directory')
  const format = flags.string('output')
  const extension = format === 'json' || format === 'yaml' ? `.${format}` : '.txt'
  const print = typedPrinterFor(run, format)
  if (format === 'name')
    throw new KubectlFailure('list types are not supported by name printing: *v1.NodeList')
  const keep = flags.bool('show-managed-fields')
  const put = (list: JsonObject, name: string): void =>
    write(
      run,
      folder,
      `${name}${extension}`,
      print(inOrder(keep ? list : withoutManagedFields(list))),
    )
  put(run.client.get('/api/v1/nodes'), 'nodes')
  for (const namespace of namespacesOf(run))
    for (const [name, root, plural] of LISTS) {
      const list = run.client.get(`${root}/namespaces/${namespace}/${plural}`)
      put(list, `${namespace}/${name}`)
      if (plural === 'pods') for (const pod of itemsOf(list)) dumpLogs(run, folder, namespace, pod)
    }
  if (folder !== '' && folder !== '-') run.out(`Cluster info dumped to ${folder}\n`)
}

/** A list without anything in it is a list. */
const inOrder = (list: JsonObject): JsonObject => {
  const typed = asTyped(list)
  return itemsOf(list).length === 0 ? { ...typed, items: [] } : typed
}

const namespacesOf = (run: Invocation): readonly string[] => {
  const { flags } = run
  if (flags.bool('all-namespaces'))
    return itemsOf(run.client.get('/api/v1/namespaces')).map(
      (object) => metadataOf(object).name ?? '',
    )
  const given = flags.list('namespaces')
  return given.length > 0 ? given : ['kube-system', run.namespace]
}

const write = (run: Invocation, folder: string, name: string, text: string): void => {
  if (folder === '' || folder === '-') return run.out(text)
  const { files, cwd } = run.call
  const path = givenPath(cwd, `${folder}/${name}`)
  makeFoldersFor(files, path)
  const problem = files.write(path, text)
  if (isFailure(problem))
    throw new KubectlFailure(`open ${folder}/${name}: ${problem.text.toLowerCase()}`)
}

interface Named {
  readonly name: string
}

const dumpLogs = (run: Invocation, folder: string, namespace: string, pod: JsonObject): void => {
  const { name = '' } = metadataOf(pod)
  const { initContainers = [], containers = [] } = (pod['spec'] ?? {}) as {
    readonly initContainers?: readonly Named[]
    readonly containers?: readonly Named[]
  }
  let text = ''
  for (const container of [...initContainers, ...containers]) {
    const which = `logs for container ${container.name} of pod ${namespace}/${name} ====\n`
    text += `==== START ${which}${logOf(run, namespace, name, container.name)}==== END ${which}`
  }
  write(run, folder, `${namespace}/${name}/logs.txt`, text)
}

const logOf = (run: Invocation, namespace: string, pod: string, container: string): string => {
  try {
    return run.client.send({
      method: 'GET',
      path: `/api/v1/namespaces/${namespace}/pods/${pod}/log`,
      query: [['container', container]],
      accept: 'text/plain',
    }).text
  } catch (error) {
    if (error instanceof KubectlFailure) return `Request log error: ${error.message}\n`
    throw error
  }
}
