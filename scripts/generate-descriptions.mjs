// Writes api/facts/descriptions.json, what `kubectl explain` says: `node scripts/generate-descriptions.mjs`.
//
// The texts are doc comments of npm packages, which have them from Kubernetes' own OpenAPI documents:
// - kubernetes-models: nearly all of release 1.36, with paragraphs, lists and what enum values mean;
// - @kubernetes/client-node (installed): what every object begins with, apiVersion and kind;
// - kubernetes-types: Quantity.
// The first and the last are unpacked into .cache/: nothing but this script needs them.
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'

const FACTS = 'durable-objects/cluster/api/facts'
const CACHE = '.cache/descriptions'
const PACKAGES = ['kubernetes-models@5.1.0', 'kubernetes-types@1.30.0']
const CLIENT_NODE = 'node_modules/@kubernetes/client-node/dist/gen/models'
const MODELS = `${CACHE}/node_modules/kubernetes-models`
const APIMACHINERY = `${CACHE}/node_modules/@kubernetes-models/apimachinery`
const TYPES = `${CACHE}/node_modules/kubernetes-types`

/** Groups whose folder is called as the group, not as its Go package. */
const LONG_NAMES = {
  flowcontrol: 'flowcontrol.apiserver.k8s.io',
  rbac: 'rbac.authorization.k8s.io',
}
const SHORT_NAMES = new Set(['apps', 'autoscaling', 'batch', 'policy'])

const fetchPackages = () => {
  if (fs.existsSync(MODELS) && fs.existsSync(TYPES)) return
  const npm = ['install', '--prefix', CACHE, '--no-save', '--ignore-scripts', '--no-audit']
  execFileSync('npm', [...npm, ...PACKAGES], { stdio: 'inherit' })
}

/** io.k8s.api.core.v1.Service -> core, v1, Service. */
const partsOf = (definition) => definition.split('.').slice(-3)

const modelFile = (definition) => {
  const machinery = 'io.k8s.apimachinery.pkg.'
  if (definition.startsWith(machinery))
    return `${APIMACHINERY}/${definition.slice(machinery.length).replaceAll('.', '/')}.d.ts`
  const [group, version, kind] = partsOf(definition)
  if (group === 'core') return `${MODELS}/${version}/${kind}.d.ts`
  const folder = SHORT_NAMES.has(group) ? group : (LONG_NAMES[group] ?? `${group}.k8s.io`)
  return `${MODELS}/${folder}/${version}/${kind}.d.ts`
}

/** The comments of the first type in a .d.ts: by field, and its own by the empty name. */
const commentsOf = (text, type = String.raw`\w+`) => {
  const comments = {}
  const start = new RegExp(
    String.raw`(/\*\*(?:(?!\*/)[^])*\*/\n)?export (?:interface|type|declare class) ${type}\b`,
  ).exec(text)
  if (start === null) return comments
  if (start[1] !== undefined) comments[''] = plain(start[1])
  const body = text.slice(start.index + start[0].length)
  const end = body.search(/^\}/m)
  const field = /^ {4}(\/\*\*(?:(?!\*\/)[^])*\*\/)\n {4}["']?([^"'?:\s]+)["']?\??:/gm
  for (const [, comment, name] of body.slice(0, end < 0 ? 0 : end).matchAll(field))
    comments[name] = plain(comment)
  return comments
}

/** A comment without its frame and escapes. `@deprecated` is the packages' own. */
const plain = (comment) =>
  comment
    .replace(/^\/\*\*|\*\/\s*$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .filter((line) => line !== '@deprecated')
    .join('\n')
    .replace(/\\([*/])/g, '$1')
    .trim()

const read = (file) => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '')

/** What every kind's apiVersion and kind say. */
const ofEveryKind = () => {
  const { apiVersion, kind } = commentsOf(read(`${CLIENT_NODE}/V1Service.d.ts`))
  return { apiVersion, kind }
}

const describe = (definition, schema, common) => {
  const found = commentsOf(read(modelFile(definition)))
  const isKind = 'x-kubernetes-group-version-kind' in schema
  const texts = {}
  for (const name of ['', ...Object.keys(schema.properties ?? {})]) {
    const text = found[name] ?? (isKind ? common[name] : undefined)
    if (text !== undefined && text !== '') texts[name] = text
  }
  return texts
}

const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity'

const describeAll = () => {
  const schemas = JSON.parse(fs.readFileSync(`${FACTS}/schemas.json`, 'utf8'))
  const common = ofEveryKind()
  const all = Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, describe(name, schema, common)]),
  )
  all[QUANTITY] = { '': commentsOf(read(`${TYPES}/api/resource.d.ts`), 'Quantity')[''] }
  return all
}

/** Texts that stand at several places, the longest saving first, are written once and named by their number. */
const write = (all) => {
  const counts = new Map()
  for (const texts of Object.values(all))
    for (const text of Object.values(texts)) counts.set(text, (counts.get(text) ?? 0) + 1)
  const repeated = [...counts].filter(([, count]) => count > 1).map(([text]) => text)
  const numbers = new Map(repeated.map((text, number) => [text, number]))
  const lines = Object.entries(all)
    .filter(([, texts]) => Object.keys(texts).length > 0)
    .map(([name, texts]) => {
      const indexed = Object.entries(texts).map(([field, text]) => [
        field,
        numbers.get(text) ?? text,
      ])
      return `${JSON.stringify(name)}: ${JSON.stringify(Object.fromEntries(indexed))}`
    })
  const file = `{"repeated": [\n${repeated.map((text) => JSON.stringify(text)).join(',\n')}\n],\n"definitions": {\n${lines.join(',\n')}\n}}\n`
  fs.writeFileSync(`${FACTS}/descriptions.json`, file)
}

fetchPackages()
write(describeAll())
