// Writes down in which order Go declares the fields of types: node scripts/record-field-order.mjs
// Protobuf numbers fields in the order in which they came to be; JSON has them as they stand in the code. The real kubectl reads and
// prints some kinds by Go's types: it is given objects in which everything is set, and the fields of each message in
// api/facts/protobuf.json are put in the order in which it prints them.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { startEngineServer } from '../test/support/engine-server.mjs'
import { kubectlPath } from '../test/support/kubectl.mjs'

const ROOT = path.resolve(import.meta.dirname, '..')
const FACTS = path.join(ROOT, 'durable-objects/cluster/api/facts/protobuf.json')
const folder = mkdtempSync(path.join(tmpdir(), 'field-order-'))

const { outputFiles } = await build({
  stdin: {
    contents: "export { schemaForKind } from '#api/schemas.ts'",
    resolveDir: path.join(ROOT, 'test/support'),
    loader: 'ts',
  },
  absWorkingDir: ROOT,
  bundle: true,
  format: 'esm',
  platform: 'node',
  write: false,
})
writeFileSync(path.join(folder, 'schemas.mjs'), outputFiles[0].text)
const { schemaForKind } = await import(path.join(folder, 'schemas.mjs'))

const schemaOf = ({ apiVersion, kind }) => {
  const slash = apiVersion.indexOf('/')
  return schemaForKind(
    slash < 0 ? '' : apiVersion.slice(0, slash),
    apiVersion.slice(slash + 1),
    kind,
  )
}

const SCALARS = {
  string: 'x',
  integer: 1,
  number: 1,
  boolean: true,
  bytes: 'eA==',
  'int-or-string': 1,
  quantity: '1',
  time: '2020-01-01T00:00:00Z',
  'micro-time': '2020-01-01T00:00:00.000001Z',
}

/** Something with all that there is to set; undefined where a type holds itself. */
const valueOf = (schema, around = []) => {
  const within = (inner) => valueOf(inner, [...around, schema.name])
  switch (schema.kind) {
    case 'object': {
      if (around.includes(schema.name)) return undefined
      const fields = [...(schema.fields ?? [])].map(([name, field]) => [name, within(field.schema)])
      return Object.fromEntries(fields.filter(([, value]) => value !== undefined))
    }
    case 'list':
    case 'map': {
      const value = valueOf(schema.items, around)
      if (value === undefined) return undefined
      return schema.kind === 'list' ? [value] : { k: value }
    }
    default:
      return SCALARS[schema.kind] ?? {}
  }
}

const wholeObject = (types) => ({ ...valueOf(schemaOf(types)), ...types })

const orders = new Map()
const learn = (value, schema) => {
  if (schema.kind === 'list') for (const item of value) learn(item, schema.items)
  else if (schema.kind === 'map') for (const item of Object.values(value)) learn(item, schema.items)
  else if (schema.kind === 'object') {
    const keys = Object.keys(value)
    if (keys.length > (orders.get(schema.name)?.length ?? 0)) orders.set(schema.name, keys)
    for (const key of keys) learn(value[key], schema.fields.get(key).schema)
  }
}

const execute = promisify(execFile)
const kubectl = async (...words) => {
  const { stdout } = await execute(
    kubectlPath(),
    [...words, '-o', 'json', '--show-managed-fields'],
    { env: { HOME: folder, KUBECONFIG: '/dev/null' }, maxBuffer: 2 ** 26 },
  )
  // one object after the other
  const [first] = stdout.split(/(?<=^\})\n(?=\{)/m)
  const object = JSON.parse(first)
  learn(object, schemaOf(object))
}

const server = await startEngineServer()
const session = server.createSession({ seed: 7, template: 'bare', delays: 'instant' })

/** The session, but whatever is written comes back with everything set. */
const mirror = http.createServer(async (request, response) => {
  const chunks = await request.toArray()
  const { accept = '*/*', 'content-type': type } = request.headers
  const answer = await fetch(`${session.url.replace(/\/$/, '')}${request.url}`, {
    method: request.method,
    headers: {
      accept: accept.replace('application/vnd.kubernetes.protobuf,', ''),
      ...(type === undefined ? {} : { 'content-type': type }),
    },
    ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
  })
  let body = Buffer.from(await answer.arrayBuffer())
  if (request.method !== 'GET' && answer.ok) {
    const { apiVersion, kind } = JSON.parse(body.toString())
    body = JSON.stringify(wholeObject({ apiVersion, kind }))
  }
  response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') })
  response.end(body)
})
mirror.listen(0, '127.0.0.1')
await once(mirror, 'listening')

const file = path.join(folder, 'object.json')
for (const [apiVersion, ...kinds] of [
  ['v1', 'Pod', 'ReplicationController'],
  ['apps/v1', 'Deployment', 'DaemonSet', 'ReplicaSet', 'StatefulSet'],
  ['batch/v1', 'Job', 'CronJob'],
])
  for (const kind of kinds) {
    writeFileSync(file, JSON.stringify(wholeObject({ apiVersion, kind })))
    await kubectl('set', 'serviceaccount', 'x', '--local', '-f', file)
  }
for (const line of [
  'create configmap a',
  'create secret generic a',
  'create service clusterip a --tcp=80',
  'create namespace a',
  'create serviceaccount a',
  'create ingress a --default-backend=a:1',
  'create poddisruptionbudget a --selector=a=b --min-available=1',
  'create quota a',
  'create priorityclass a',
  'create role a --verb=get --resource=pods',
  'create clusterrole a --verb=get --resource=pods',
  'create rolebinding a --role=a',
  'create clusterrolebinding a --clusterrole=a',
  'create token default',
  'create deployment a --image=a',
  'autoscale deployment a --max=3',
  'taint node --all a=b:NoSchedule',
])
  await kubectl('--server', `http://127.0.0.1:${mirror.address().port}`, ...line.split(' '))

const table = JSON.parse(readFileSync(FACTS, 'utf8'))
/** Where a field, or the first of those that are inlined, is printed. */
const placeOf = (row, keys) => {
  const [, key, , type, flags] = row
  const names = flags.includes('i') ? table[type].map(([, name]) => name) : [key]
  return Math.min(...names.map((name) => keys.indexOf(name)).filter((at) => at >= 0))
}
const rows = Object.entries(table).map(([name, fields]) => {
  const keys = orders.get(name)
  const inOrder =
    keys === undefined
      ? fields
      : fields.toSorted((a, b) => placeOf(a, keys) - placeOf(b, keys) || a[0] - b[0])
  return `${JSON.stringify(name)}: ${JSON.stringify(inOrder)}`
})
writeFileSync(FACTS, `{\n${rows.join(',\n')}\n}\n`)
rmSync(folder, { recursive: true })
mirror.close()
await server.stop()
process.exit(0)
