import { type Access, isSnapshot } from './api.ts'

const TEXTS: Readonly<Record<number, { readonly title: string; readonly text: string }>> = {
  401: {
    title: 'The key in this link is wrong',
    text: 'The part behind the # is not the key of this cluster, or no longer. Ask for the link again, or look without changing anything.',
  },
  404: {
    title: 'There is no such cluster',
    text: 'It was deleted, or the link is not whole. A cluster that nobody uses for 90 days is deleted, too.',
  },
}

const NO_SNAPSHOT = {
  title: 'There is no such snapshot',
  text: 'It was deleted by who made it, or the link is not whole.',
}

const OTHER = {
  title: 'This cluster cannot be shown',
  text: 'The server refuses to show it. Check the link.',
}

/** What cannot be helped by waiting, and what to do. */
export const Failure = ({
  status,
  access,
}: {
  readonly status: number
  readonly access: Access
}) => {
  const { title, text } =
    status === 404 && isSnapshot(access) ? NO_SNAPSHOT : (TEXTS[status] ?? OTHER)
  return (
    <main class="prose">
      <p>
        <a href="/" class="wordmark">
          Kubarium
        </a>
      </p>
      <h1>{title}</h1>
      <p class="lead">{text}</p>
      <p class="actions">
        {status === 401 ? (
          <a class="button" href={`/s/${access.id}`}>
            Look at the cluster
          </a>
        ) : null}
        <a class={status === 401 ? '' : 'button'} href="/">
          Make a new cluster
        </a>
      </p>
    </main>
  )
}
