// What a kubelet shows on its own port to whoever asks through the API server. kubernetes: pkg/kubelet/server/server.go
import type { Pod } from '#api/core/v1/pod/types.ts'
import { formatTime } from '#apimachinery/time.ts'
import type { Client } from '#client/client.ts'
import type { ContainerLog, KubeletPage } from '#client/kubelets.ts'

interface PageParts {
  readonly client: Client
  readonly logOf: (
    pod: Pod,
    container: string,
    previous: boolean,
  ) => ContainerLog | { readonly problem: string }
}

type Page = Exclude<KubeletPage, { readonly failure: string }>

const text = (status: number, body: string): Page => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  body,
})

const NOT_FOUND = text(404, '404 page not found\n')

export const kubeletPage = (parts: PageParts, node: string, path: string): Page => {
  const [, first = '', ...rest] = path.split('/')
  switch (first) {
    case 'healthz':
      return text(200, 'ok')
    case 'pods': {
      const items = parts.client.list('pods', { node })
      const list = { kind: 'PodList', apiVersion: 'v1', metadata: {}, items }
      return { status: 200, contentType: 'application/json', body: JSON.stringify(list) }
    }
    case 'containerLogs':
      return containerLog(parts, node, rest)
    case 'logs':
      return logFile(
        parts,
        parts.client.list('pods', { node }),
        rest.filter((name) => name !== ''),
      )
    default:
      return NOT_FOUND
  }
}

const containerLog = (
  parts: PageParts,
  node: string,
  [namespace = '', name = '', container = '']: readonly string[],
): Page => {
  const pod = parts.client.get('pods', namespace, name)
  if (pod === undefined || pod.spec.nodeName !== node)
    return text(404, `pod ${JSON.stringify(name)} does not exist\n`)
  const log = parts.logOf(pod, container, false)
  if ('problem' in log) return text(400, `${log.problem}\n`)
  return text(
    200,
    entriesOf(parts, log)
      .map((entry) => `${entry.text}\n`)
      .join(''),
  )
}

const entriesOf = ({ client }: PageParts, log: ContainerLog) => log.entries(client.now())

/** As Go's file server shows a directory. */
const directory = (names: readonly string[]): Page => ({
  status: 200,
  contentType: 'text/html; charset=utf-8',
  body: `<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n${names
    .toSorted()
    .map((name) => `<a href="${name}">${name}</a>\n`)
    .join('')}</pre>\n`,
})

/** One container's log on the machine's disk. */
interface LogPlace {
  readonly pod: Pod
  readonly container: string
  readonly restarts: number
  readonly id: string
}

const placesOf = (pod: Pod): readonly LogPlace[] =>
  [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])].flatMap(
    ({ name, containerID, restartCount }) =>
      containerID === undefined
        ? []
        : [
            {
              pod,
              container: name,
              restarts: restartCount,
              id: containerID.replace(/^\w+:\/\//, ''),
            },
          ],
  )

const folderOf = ({ metadata }: Pod): string =>
  `${metadata.namespace}_${metadata.name}_${metadata.uid}`

const linkOf = ({ pod, container, id }: LogPlace): string =>
  `${pod.metadata.name}_${pod.metadata.namespace}_${container}-${id}.log`

/** /var/log. kubernetes: pkg/kubelet/kuberuntime/helpers.go BuildContainerLogsDirectory, legacy.go */
const logFile = (parts: PageParts, pods: readonly Pod[], names: readonly string[]): Page => {
  const [kind, second, container, file] = names
  const places = pods.flatMap(placesOf)
  if (kind === undefined) return directory(['containers/', 'pods/'])
  if (kind === 'containers') {
    if (second === undefined) return directory(places.map(linkOf))
    return content(
      parts,
      places.find((place) => linkOf(place) === second),
    )
  }
  if (kind !== 'pods') return NOT_FOUND
  if (second === undefined) return directory(pods.map((pod) => `${folderOf(pod)}/`))
  const here = places.filter(({ pod }) => folderOf(pod) === second)
  if (container === undefined)
    return here.length === 0 ? NOT_FOUND : directory(here.map((place) => `${place.container}/`))
  const place = here.find((known) => known.container === container)
  if (place === undefined) return NOT_FOUND
  const name = `${place.restarts}.log`
  if (file === undefined) return directory([name])
  return content(parts, file === name ? place : undefined)
}

/** As docker keeps it. moby: daemon/logger/jsonfilelog */
const content = (parts: PageParts, place: LogPlace | undefined): Page => {
  if (place === undefined) return NOT_FOUND
  const log = parts.logOf(place.pod, place.container, false)
  if ('problem' in log) return NOT_FOUND
  const lines = entriesOf(parts, log).map(({ at, stream, text: line }) => {
    const time = formatTime(at).replace('Z', `.${String(at % 1000).padStart(3, '0')}Z`)
    return `${JSON.stringify({ log: `${line}\n`, stream, time })}\n`
  })
  return text(200, lines.join(''))
}
