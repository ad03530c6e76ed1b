// The `--rules` of `parity.mjs proxy`: a recorded kube-proxy case on stdin, what Kubarium's kube-proxy wrote for it on stdout.
// KUBARIUM_URL is the product. The case's objects are posted to a bare session as a user would post them.
import { text } from 'node:stream/consumers'

const url = process.env.KUBARIUM_URL
const given = JSON.parse(await text(process.stdin))

const session = await (
  await fetch(`${url}/api/sessions`, {
    method: 'POST',
    body: JSON.stringify({
      template: 'bare',
      delays: 'instant',
      loadBalancer: 'none',
      proxyMode: given.mode,
    }),
  })
).json()
const api = session.links.kubernetes

const send = async (method, path, object, contentType = 'application/json') => {
  const answer = await fetch(`${api}${path}`, {
    method,
    headers: { 'content-type': contentType },
    body: JSON.stringify(object),
  })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
}
const mergePatch = (path, patch) => send('PATCH', path, patch, 'application/merge-patch+json')

/** What a client may set. */
const asNew = ({ metadata: { name, namespace, labels, annotations }, ...rest }) => ({
  ...rest,
  metadata: { name, namespace, labels, annotations },
})

for (const { metadata } of given.objects.nodes)
  await mergePatch(`/api/v1/nodes/${metadata.name}`, { metadata: { labels: metadata.labels } })
for (const { status, ...service } of given.objects.services.map(asNew)) {
  const { name, namespace } = service.metadata
  const path = `/api/v1/namespaces/${namespace}/services`
  // every cluster has it
  if (name === 'kubernetes') continue
  await send('POST', path, service)
  if (status.loadBalancer?.ingress !== undefined)
    await mergePatch(`${path}/${name}/status`, { status })
}
for (const slice of given.objects.endpointSlices.map(asNew)) {
  const { name, namespace } = slice.metadata
  if (name === 'kubernetes') continue
  await send('POST', `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`, slice)
}
if (given.flags.length > 0) {
  if (given.flags.join() !== '--masquerade-all') throw new Error(`what is ${given.flags}?`)
  const config = {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    [given.mode]: { masqueradeAll: true },
  }
  await send('POST', '/api/v1/namespaces/kube-system/configmaps', {
    metadata: { name: 'kube-proxy' },
    data: { 'config.conf': JSON.stringify(config) },
  })
}
const tables = await fetch(`${session.links.self}/nodes/${given.nodeName}/tables`)
if (!tables.ok) throw new Error(`tables: ${tables.status} ${await tables.text()}`)
process.stdout.write(await tables.text())
