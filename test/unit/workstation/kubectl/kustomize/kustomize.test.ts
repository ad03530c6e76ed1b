import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { kustomize, KustomizeFailure, type KustomizeFiles } from '#kubectl/kustomize/build.ts'

interface Case {
  readonly name: string
  readonly dir: string
  readonly files: Readonly<Record<string, string>>
  readonly stdout: string
  readonly stderr: string
}

// Kustomizations, and what `kubectl kustomize` of release 1.36 (kustomize 5.8.1) printed of them.
const recorded = JSON.parse(
  readFileSync(new URL('../../../../fixtures/kubectl-kustomize.json', import.meta.url), 'utf8'),
) as readonly Case[]

const filesAt = (root: string, texts: Readonly<Record<string, string>>): KustomizeFiles => {
  const files = new Map(Object.entries(texts).map(([name, text]) => [`${root}/${name}`, text]))
  const isDirectory = (path: string) =>
    path === '/' || [...files.keys(), `${root}/`].some((name) => name.startsWith(`${path}/`))
  return { read: (path) => files.get(path), list: () => [], isDirectory }
}

const built = (files: KustomizeFiles, cwd: string, path: string) => {
  try {
    const { text, warnings } = kustomize({ files, cwd, path })
    return { stdout: text, stderr: warnings.map((line) => `${line}\n`).join('') }
  } catch (error) {
    if (!(error instanceof KustomizeFailure)) throw error
    const lines = [...error.warnings, `error: ${error.message}`]
    return { stdout: '', stderr: `${lines.join('\n')}\n`.replace(/\n+$/, '\n') }
  }
}

describe('kustomize builds what kubectl built', () => {
  test.each(recorded)('$name', ({ name, dir, files, stdout, stderr }) => {
    const root = `/cases/${name}`
    expect(built(filesAt(root, files), root, dir)).toEqual({ stdout, stderr })
  })
})

describe('kustomize refuses what it cannot reach', () => {
  const build = (resource: string) =>
    built(filesAt('/k', { 'kustomization.yaml': `resources: ["${resource}"]\n` }), '/k', '.').stderr

  test('a file of another computer', () => {
    expect(build('https://example.com/x.yaml')).toContain(
      'Get "https://example.com/x.yaml": dial tcp: lookup example.com: no such host',
    )
  })

  test('a repository, because there is no git', () => {
    expect(build('github.com/some/repo')).toContain(
      `no 'git' program on path: exec: "git": executable file not found in $PATH`,
    )
  })

  test('a base that contains it', () => {
    expect(build('../../k')).toContain("cycle detected: candidate root '/k' contains visited")
  })
})

describe('kustomize takes hostile input', () => {
  const pod = (extra: string) => `apiVersion: v1\nkind: Pod\nmetadata: {name: p, ${extra}}\n`
  const files = (kustomization: string, resource: string) =>
    filesAt('/k', { 'kustomization.yaml': kustomization, 'r.yaml': resource })

  test('names of the language are keys like any other', () => {
    const { stdout, stderr } = built(
      files(
        'resources: [r.yaml]\ncommonAnnotations: {constructor: a}\n',
        `${pod('labels: {__proto__: x, toString: z}')}__proto__: {a: 1}\n`,
      ),
      '/k',
      '.',
    )
    expect(stderr).toBe('')
    expect(stdout).toContain('__proto__: x')
    expect(stdout).toContain('toString: z')
    expect(stdout).toContain('constructor: a')
    expect(stdout).toContain('__proto__:\n  a: 1\n')
  })

  test('a text that grows with every alias is refused', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
    for (let level = 1; level < 8; level++)
      lines.push(
        `a${level}: &a${level} [${Array(10)
          .fill(`*a${level - 1}`)
          .join(', ')}]`,
      )
    const { stderr } = built(
      files('resources: [r.yaml]\n', `${pod('labels: {}')}${lines.join('\n')}\n`),
      '/k',
      '.',
    )
    expect(stderr).toContain('document contains excessive aliasing')
  })

  test('a document that is too deep is refused', () => {
    const { stderr } = built(
      files('resources: [r.yaml]\n', `${pod('labels: {}')}d: ${'['.repeat(500)}\n`),
      '/k',
      '.',
    )
    expect(stderr).toContain('exceeded max depth')
  })

  test('a kustomization that asks for itself through others is refused', () => {
    const tree = filesAt('/k', {
      'a/kustomization.yaml': 'resources: [../b]\n',
      'b/kustomization.yaml': 'resources: [../a]\n',
    })
    expect(built(tree, '/k', 'a').stderr).toContain('cycle detected')
  })
})

test('the log prefix stands in front of what is logged', () => {
  const files = filesAt('/k', {
    'kustomization.yaml':
      'resources: [r.yaml]\nvars: [{name: X, objref: {kind: Pod, name: p, apiVersion: v1}}]\n',
    'r.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n',
  })
  const { warnings } = kustomize({ files, cwd: '/k', path: '.', logPrefix: 'I1123 log.go:244] ' })
  expect(warnings.at(-1)).toBe('I1123 log.go:244] well-defined vars that were never replaced: X')
})

test('without restrictions files may come from anywhere', () => {
  const files = filesAt('/k', {
    'a/kustomization.yaml': 'resources: [../r.yaml]\n',
    'r.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n',
  })
  expect(built(files, '/k', 'a').stderr).toContain("security; file '/k/r.yaml'")
  const { text } = kustomize({ files, cwd: '/k', path: 'a', isUnrestricted: true })
  expect(text).toBe('apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n')
})
