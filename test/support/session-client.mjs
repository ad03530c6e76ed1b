// A session as a program uses it over HTTP: its Kubernetes API, and the calls about what carries its packets.
import assert from 'node:assert/strict'
import { createSession, kubeconfigOf } from './session.mjs'

const ADMITTED = [200, 201, 202]

const answerOf = async (method, url, { body, contentType = 'application/json', key } = {}) => {
  const answer = await fetch(url, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': contentType }),
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: await answer.json() }
}

/** What must be admitted. */
const admitted = async (method, url, options) => {
  const { status, body } = await answerOf(method, url, options)
  assert.ok(ADMITTED.includes(status), `${method} ${url}: ${status} ${JSON.stringify(body)}`)
  return body
}

export const startSession = async (origin, options = {}) => {
  const { id, key } = await createSession(origin, { delays: 'instant', ...options })
  const kubernetes = `${origin}/k8s/${id}.${key}`
  const session = `${origin}/api/sessions/${id}`
  const groups = new Map()

  const resourcesOf = (apiVersion) => {
    const root = `${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}`
    if (!groups.has(root)) groups.set(root, admitted('GET', `${kubernetes}/${root}`))
    return groups.get(root).then(({ resources }) => ({ root, resources }))
  }

  /** Where an object is, or, without a name, its collection; found as kubectl finds it, in the discovery. */
  const urlOf = async ({ apiVersion, kind, namespace = 'default' }, name) => {
    const { root, resources } = await resourcesOf(apiVersion)
    const resource = resources.find((each) => each.kind === kind && !each.name.includes('/'))
    assert.ok(resource, `${apiVersion} has no ${kind}`)
    const scope = resource.namespaced ? `/namespaces/${namespace}` : ''
    return `${kubernetes}/${root}${scope}/${resource.name}${name === undefined ? '' : `/${name}`}`
  }

  const placeOf = ({ apiVersion, kind, metadata: { name, namespace } }) => ({
    apiVersion,
    kind,
    name,
    ...(namespace === undefined ? {} : { namespace }),
  })

  return {
    kubeconfig: () => kubeconfigOf(origin, { id, key }),
    create: async (manifest) => {
      const url = await urlOf(placeOf(manifest))
      return admitted('POST', url, { body: manifest })
    },
    get: async (place) => admitted('GET', await urlOf(place, place.name)),
    list: async (place) => (await admitted('GET', await urlOf(place))).items,
    /** A merge patch. */
    merge: async (place, patch) => {
      const contentType = 'application/merge-patch+json'
      return admitted('PATCH', await urlOf(place, place.name), { body: patch, contentType })
    },
    /** As `kubectl apply --server-side`. */
    apply: async (manifest) => {
      const place = placeOf(manifest)
      const url = `${await urlOf(place, place.name)}?fieldManager=test`
      return admitted('PATCH', url, { body: manifest, contentType: 'application/apply-patch+yaml' })
    },
    remove: async (place) => admitted('DELETE', await urlOf(place, place.name)),
    diagnosis: (query) =>
      admitted('GET', `${session}/diagnosis?${new URLSearchParams(query).toString()}`),
    trace: (request) => admitted('POST', `${session}/trace`, { body: request, key }),
    /** The walk as a person reads it. */
    walk: async (request) => {
      const answer = await fetch(`${session}/trace`, {
        method: 'POST',
        headers: { accept: 'text/plain', authorization: `Bearer ${key}` },
        body: JSON.stringify(request),
      })
      return answer.text()
    },
    requests: (request) => admitted('POST', `${session}/requests`, { body: request, key }),
  }
}

/** What `look` finds once it is as `isDone` wants it; the last that it found when patience ends. */
export const eventually = async (look, isDone, patience = 40_000) => {
  const end = Date.now() + patience
  for (;;) {
    const found = await look()
    if (isDone(found) || Date.now() > end) return found
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}
