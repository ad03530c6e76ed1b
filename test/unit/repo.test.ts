import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { KUBERNETES_VERSION } from '#kube-apiserver/discovery/version.ts'
import { apiVersionOf, builtInResources } from '#kube-apiserver/resources.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

// Rules about the repository itself that no other tool holds.

const ROOT = path.resolve(import.meta.dirname, '../..')

const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8')

const filesIn = (folder: string): string[] =>
  readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)))
    .filter((file) => !file.includes('node_modules'))

const isSource = (file: string): boolean => /\.(ts|tsx|css|html)$/.test(file)

/** The text without comments and without what stands in quotes. */
const code = (file: string): string =>
  read(file)
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '')
    .replace(/'(?:[^'\\\n]|\\.)*'/g, "''")

describe('the differences page', () => {
  test('is written from the list', () => {
    const script = path.join(ROOT, 'scripts/generate-differences.mjs')
    const { stdout } = spawnSync(process.execPath, [script, '--print'], { encoding: 'utf8' })
    expect(stdout, 'run `node scripts/generate-differences.mjs`').toBe(read('docs/differences.md'))
  })
})

describe('the API', () => {
  const schemaless = builtInResources().filter(({ schema }) => schema === undefined)

  test('every resource of discovery has a schema', () => {
    expect(schemaless.map((resource) => `${apiVersionOf(resource)} ${resource.plural}`)).toEqual([])
  })

  test('every resource is served under a name of its own', () => {
    const paths = builtInResources().map(
      (resource) => `${apiVersionOf(resource)}/${resource.plural}`,
    )
    expect(new Set(paths).size).toBe(paths.length)
  })
})

describe('recordings', () => {
  const goldens = filesIn('test/conformance/golden').filter((file) => file.endsWith('.json'))

  test('are there', () => {
    expect(goldens.length).toBeGreaterThan(40)
  })

  test.each(goldens)('%s is of the mirrored release and has its scenario', (file) => {
    const golden = JSON.parse(read(file)) as {
      readonly name: string
      readonly kubernetesVersion: string
      readonly title: string
    }
    expect(golden.kubernetesVersion).toBe(KUBERNETES_VERSION)
    expect(golden.name).toBe(path.basename(file, '.json'))
    expect(existsSync(path.join(ROOT, `test/conformance/scenarios/${golden.name}.txt`))).toBe(true)
  })
})

describe('the lock file', () => {
  interface Locked {
    readonly optionalDependencies?: Readonly<Record<string, string>>
  }

  // npm writes down only those that the registry at hand has, and `npm ci` refuses such a lock elsewhere.
  test('names the binaries of every platform', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as {
      readonly packages: Readonly<Record<string, Locked>>
    }
    const missing = Object.values(packages)
      .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
      .filter((name) => name.startsWith('@') && !Object.hasOwn(packages, `node_modules/${name}`))
    expect(missing).toEqual([])
  })

  test('names no registry', () => {
    expect(read('package-lock.json')).not.toContain('"resolved"')
  })
})

describe('the Worker', () => {
  test('exports every class that wrangler.toml names', () => {
    const config = read('wrangler.toml')
    const classes = [
      ...config.matchAll(/class_name = "(\w+)"/g),
      ...config.matchAll(/new_sqlite_classes = \["(\w+)"\]/g),
    ].map(([, name]) => name!)
    expect(classes.length).toBeGreaterThan(0)
    const exported = [...read('worker/index.ts').matchAll(/export \{ (\w+) \}/g)].map(
      ([, name]) => name!,
    )
    expect([...new Set(classes)].sort()).toEqual(exported.sort())
  })
})

describe('sources', () => {
  const sources = ['durable-objects', 'worker', 'web'].flatMap(filesIn).filter(isSource)

  test('no file is longer than 400 lines', () => {
    const long = sources
      .map((file) => [file, read(file).split('\n').length - 1] as const)
      .filter(([, lines]) => lines > 400)
    expect(long).toEqual([])
  })

  test('no file is named for being a bag', () => {
    expect(sources.filter((file) => /(^|\/)(utils?|helpers?|common|misc)[./]/.test(file))).toEqual(
      [],
    )
  })

  test('the engine knows no clock and no chance but those handed in', () => {
    const engine = ['durable-objects/cluster', 'durable-objects/workstation']
      .flatMap(filesIn)
      .filter((file) => file.endsWith('.ts'))
    const wrong = engine.filter((file) =>
      /\b(new Date\b|Date\.(now|UTC|parse)|Math\.random|performance\.now)/.test(code(file)),
    )
    expect(engine.length).toBeGreaterThan(200)
    expect(wrong).toEqual([])
  })

  test.each(['cluster', 'workstation'])('the %s is compiled without anything ambient', (part) => {
    const { compilerOptions } = JSON.parse(read(`durable-objects/${part}/tsconfig.json`)) as {
      readonly compilerOptions: {
        readonly lib: readonly string[]
        readonly types: readonly string[]
      }
    }
    expect([compilerOptions.lib, compilerOptions.types]).toEqual([['ES2024'], []])
  })
})

describe('fences between layers', () => {
  interface Finding {
    readonly code: string
    readonly filename: string
    readonly labels: readonly { readonly span: { readonly line: number } }[]
  }

  // Where each fixture would stand.
  const PLACES = {
    'kubelet.ts': 'durable-objects/cluster/kubelet/fence.ts',
    'net.ts': 'durable-objects/cluster/net/fence.ts',
    'worker.ts': 'worker/fence.ts',
    'web.ts': 'web/fence.ts',
    'workstation.ts': 'durable-objects/workstation/fence.ts',
    'kubectl.ts': 'durable-objects/workstation/kubectl/fence.ts',
  } as const

  let folder = ''
  let findings: readonly Finding[] = []

  // The files are linted by the project's own rules in a tree of their own, since the project's must stay clean.
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'fences-'))
    const config = read('.oxlintrc.json').replace(
      /"ignorePatterns": \[.*?\]/s,
      '"ignorePatterns": []',
    )
    writeFileSync(path.join(folder, '.oxlintrc.json'), config)
    for (const [fixture, place] of Object.entries(PLACES)) {
      mkdirSync(path.join(folder, path.dirname(place)), { recursive: true })
      copyFileSync(path.join(ROOT, 'test/fixtures/fences', fixture), path.join(folder, place))
    }
    const { stdout } = spawnSync(
      process.execPath,
      [path.join(ROOT, 'node_modules/oxlint/bin/oxlint'), '--format=json'],
      { cwd: folder, encoding: 'utf8' },
    )
    findings = (JSON.parse(stdout) as { readonly diagnostics: readonly Finding[] }).diagnostics
  }, 60_000)

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test.each(Object.entries(PLACES))(
    '%s: oxlint refuses what it must, and only that',
    (fixture, place) => {
      const lines = read(`test/fixtures/fences/${fixture}`).split('\n')
      const begin = lines.indexOf('// refused') + 1
      const end = lines.indexOf('// allowed')
      const expected = lines.flatMap((_line, index) =>
        index >= begin && index < end ? [index + 1] : [],
      )
      const refused = findings
        .filter(({ filename, code: rule }) => filename === place && rule.includes('no-restricted'))
        .flatMap(({ labels }) => labels.map(({ span }) => span.line))
      expect([...new Set(refused)].sort((a, b) => a - b)).toEqual(expected)
    },
  )

  test('every layer of the engine has its fence', () => {
    const fenced = [
      ...read('.oxlintrc.json').matchAll(/durable-objects\/cluster\/([a-z-]+)\/\*\*/g),
    ].map(([, layer]) => layer!)
    const layers = readdirSync(path.join(ROOT, 'durable-objects/cluster'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
    // these put the whole together: they may import everything
    const free = ['bootstrap', 'history', 'manifests', 'time']
    expect(layers.filter((layer) => !fenced.includes(layer) && !free.includes(layer))).toEqual([])
  })
})
