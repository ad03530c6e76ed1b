// The session page: shows one cluster live.
import { signal } from '@preact/signals'
import { render } from 'preact'
import { accessOf, describe, type Access } from './session/api.ts'
import { ClusterView, type ClusterLists } from './session/cluster-view.tsx'
import { Connect } from './session/connect.tsx'
import { liveList } from './session/live-list.ts'

const root = document.querySelector('#app')!
const copied = signal(false)

const share = async (access: Access): Promise<void> => {
  await navigator.clipboard.writeText(`${location.origin}/s/${access.id}`)
  copied.value = true
}

const Bar = ({
  title,
  access,
  lists,
}: {
  readonly title: string
  readonly access: Access
  readonly lists: ClusterLists
}) => (
  <header class="bar">
    <a href="/" class="wordmark">
      Kubarium
    </a>
    <h1>{title === '' ? 'A cluster' : title}</h1>
    <span class="tag">{access.key === undefined ? 'read-only link' : 'you may change it'}</span>
    <span role="status">
      {lists.pods.isConnected.value ? (
        <span class="tag">live</span>
      ) : (
        <span class="tag lost">connecting…</span>
      )}
    </span>
    <span class="spring" />
    <button type="button" class="plain" onClick={() => void share(access)}>
      {copied.value ? 'View link copied' : 'Copy view link'}
    </button>
  </header>
)

const Page = (properties: {
  readonly title: string
  readonly access: Access
  readonly lists: ClusterLists
}) => (
  <>
    <Bar {...properties} />
    <main class="cluster">
      <ClusterView lists={properties.lists} />
      <Connect access={properties.access} />
    </main>
  </>
)

const Failure = ({ message }: { readonly message: string }) => (
  <main class="cluster">
    <h1>This cluster cannot be shown</h1>
    <p>{message}</p>
    <p>
      <a href="/">Make a new one</a>
    </p>
  </main>
)

const open = async (): Promise<void> => {
  const access = accessOf(location)
  try {
    const { title } = await describe(access)
    const stop = new AbortController()
    addEventListener('pagehide', () => stop.abort())
    const lists: ClusterLists = {
      nodes: liveList(access, '/api/v1/nodes', stop.signal),
      pods: liveList(access, '/api/v1/pods', stop.signal),
      services: liveList(access, '/api/v1/services', stop.signal),
      slices: liveList(access, '/apis/discovery.k8s.io/v1/endpointslices', stop.signal),
    }
    if (title !== '') document.title = `${title} · Kubarium`
    root.replaceChildren()
    render(<Page title={title} access={access} lists={lists} />, root)
  } catch (error) {
    root.replaceChildren()
    render(<Failure message={(error as Error).message} />, root)
  }
}

addEventListener('hashchange', () => location.reload())
void open()
