// Records what the real kubectl makes of templates, paths and columns: test/fixtures/kubectl-output.json, which unit tests compare with.
// Run by hand: node test/kubectl/record-output.mjs. What it asks stands in output-cases.mjs and output-templates.mjs.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { kubectlPath } from '../support/kubectl.mjs'
import * as cases from './output-cases.mjs'
import { goTemplates } from './output-templates.mjs'

const folder = mkdtempSync(path.join(tmpdir(), 'kubectl-output-'))

const kubectl = (args) =>
  new Promise((resolve) => {
    const child = spawn(kubectlPath(), ['--cache-dir', folder, ...args], {
      env: { HOME: folder, KUBECONFIG: '/dev/null' },
    })
    const said = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'])
      child[name].setEncoding('utf8').on('data', (text) => {
        said[name] += text
      })
    child.on('close', () => resolve(said))
  })

/** Behind the mistake the whole object is printed: once is enough. */
const shortened = (text) => text.replace(/(Printing more information)[^]*/, '$1')

const recordLocal = async (format, templates) => {
  const file = path.join(folder, 'thing.json')
  writeFileSync(file, JSON.stringify(cases.thing))
  const recorded = []
  for (const template of templates) {
    const isStrict = template.startsWith('!')
    const output = `${format}=${isStrict ? template.slice(1) : template}`
    const args = ['label', '--local', '-f', file, 'recorded=yes', '-o', output]
    if (isStrict) args.push('--allow-missing-template-keys=false')
    const { stdout, stderr } = await kubectl(args)
    recorded.push({ template, stdout: shortened(stdout), stderr: shortened(stderr) })
  }
  return recorded
}

/** A server that knows one kind of object: enough for `kubectl get`. */
const serve = (items) => {
  const list = { kind: 'APIResourceList', groupVersion: 'example.com/v1' }
  const version = { groupVersion: 'example.com/v1', version: 'v1' }
  const resource = { name: 'things', namespaced: false, kind: 'Thing', verbs: ['get', 'list'] }
  const answers = {
    '/api': { kind: 'APIVersions', versions: [] },
    '/apis': {
      kind: 'APIGroupList',
      groups: [{ name: 'example.com', versions: [version], preferredVersion: version }],
    },
    '/apis/example.com/v1': { ...list, resources: [resource] },
    '/apis/example.com/v1/things': { kind: 'ThingList', apiVersion: 'example.com/v1', items },
  }
  const server = http.createServer((request, response) => {
    const body = answers[new URL(request.url, 'http://server').pathname]
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body ?? { kind: 'Status' }))
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

const getFrom = async (items, flags) => {
  const server = await serve(items)
  const url = `http://127.0.0.1:${server.address().port}`
  const said = await kubectl(['get', 'things', '--server', url, ...flags])
  server.close()
  server.closeAllConnections()
  return said
}

const recordColumns = async () => {
  const recorded = []
  for (const spec of cases.columns)
    recorded.push({
      spec,
      ...(await getFrom(cases.things, ['-o', `custom-columns=${spec}`])),
    })
  return recorded
}

const recordColumnFiles = async () => {
  const recorded = []
  const file = path.join(folder, 'columns')
  for (const content of cases.columnFiles) {
    writeFileSync(file, content)
    recorded.push({
      content,
      ...(await getFrom(cases.things, ['-o', `custom-columns-file=${file}`])),
    })
  }
  return recorded
}

const recordSorting = async () => {
  const recorded = []
  for (const [name, values] of Object.entries(cases.sorting)) {
    const items = cases.sortable(values)
    const { stdout } = await getFrom(items, ['-o', 'name', '--sort-by=.spec.value'])
    recorded.push({ name, values, order: [...stdout.matchAll(/\/n(\d+)/g)].map((m) => +m[1]) })
  }
  return recorded
}

const recordSortErrors = async () => {
  const recorded = []
  for (const sortBy of cases.sortErrors) {
    const { stderr } = await getFrom(cases.things, ['-o', 'name', `--sort-by=${sortBy}`])
    recorded.push({ sortBy, stderr: stderr.replace(/^F.*?(sorter)/, 'F … $1') })
  }
  return recorded
}

const target = path.resolve(import.meta.dirname, '../fixtures/kubectl-output.json')
const fixture = {
  thing: cases.thing,
  things: cases.things,
  texts: cases.texts,
  kyaml: (await getFrom(cases.texts, ['-o', 'kyaml'])).stdout,
  json: (await getFrom(cases.texts, ['-o', 'json'])).stdout,
  goTemplate: await recordLocal('go-template', goTemplates),
  jsonPath: await recordLocal('jsonpath', cases.jsonPaths),
  jsonPathAsJson: await recordLocal('jsonpath-as-json', cases.jsonPathsAsJson),
  columns: await recordColumns(),
  columnFiles: await recordColumnFiles(),
  sorting: await recordSorting(),
  sortErrors: await recordSortErrors(),
}
writeFileSync(target, `${JSON.stringify(fixture, undefined, 1)}\n`)
rmSync(folder, { recursive: true })
console.log(`${target}: ${readFileSync(target).length} bytes`)
