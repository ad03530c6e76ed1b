// A cluster of the engine alone: no workerd, no storage, time moved by hand.

const CREATED_AT = Date.parse('2026-01-01T00:00:00Z')
const SETTLING_MS = 60_000
const ADMINISTRATOR = {
  username: 'kubernetes-admin',
  groups: ['system:masters', 'system:authenticated'],
}

/** A cluster with all that a session has, but things take no time. */
export const newCluster = ({ Cluster, settingsOf }, nodes, state) =>
  new Cluster({
    seed: 1,
    settings: settingsOf({ nodes, delays: 'instant' }),
    createdAt: CREATED_AT,
    ...(state === undefined ? {} : { state }),
  })

export const request = (cluster, method, path, body, headers = {}) => {
  const answer = cluster.handle({
    method,
    path,
    query: [],
    accept: 'application/json',
    contentType: 'application/json',
    userAgent: 'kubectl/v1.36.0',
    body: body === undefined ? '' : JSON.stringify(body),
    user: ADMINISTRATOR,
    ...headers,
  })
  if (answer.status >= 300)
    throw new Error(`${method} ${path} answered ${answer.status}: ${answer.body.join('')}`)
  return answer
}

/** Applies a Deployment of `replicas` with a Service. */
export const applyDeployment = ({ applyManifests }, cluster, replicas) => {
  const labels = { app: 'web' }
  const manifests = [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', labels },
      spec: {
        replicas,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            containers: [{ name: 'nginx', image: 'nginx:1.29', ports: [{ containerPort: 80 }] }],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { selector: labels, ports: [{ port: 80, targetPort: 80 }] },
    },
  ]
  const { error } = applyManifests(
    cluster,
    ADMINISTRATOR,
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests }),
  )
  if (error !== undefined) throw new Error(JSON.stringify(error))
}

const countReady = (cluster) =>
  cluster
    .objects('endpointslices.discovery.k8s.io')
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === 'web')
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready === true).length

/** Lets time pass until nothing more happens soon, and makes sure that `replicas` endpoints are ready. */
export const letSettle = (cluster, replicas) => {
  const end = cluster.now + SETTLING_MS
  for (
    let due = cluster.nextDeadline();
    due !== undefined && due <= end && countReady(cluster) < replicas;
    due = cluster.nextDeadline()
  )
    cluster.advance(due)
  const ready = countReady(cluster)
  if (ready !== replicas)
    throw new Error(
      `${ready} of ${replicas} endpoints are ready; faults: ${JSON.stringify(cluster.faults)}`,
    )
}
