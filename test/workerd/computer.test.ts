import { env } from 'cloudflare:workers'
import { abortAllDurableObjects } from 'cloudflare:test'
import { describe, expect, test } from 'vitest'
import { call, configMap, newSession, type TestSession, withBody } from './session.ts'

interface Ran {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

const at = ({ id, key }: TestSession, path: string, init?: RequestInit) =>
  call(`/api/sessions/${id}.${key}/${path}`, init)

const run = async (session: TestSession, command: string, more: object = {}): Promise<Ran> =>
  (await at(session, 'shell', withBody('POST', { command, ...more }))).json()

const filesOf = async (session: TestSession) => {
  const { files } = await (await at(session, 'files')).json<{ files: { path: string }[] }>()
  return files.map(({ path }) => path)
}

/** The JSON of each line. */
async function* linesOf({ body }: Response): AsyncGenerator<unknown, void> {
  let rest = ''
  for await (const text of body!.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split('\n')
    rest = parts.pop()!
    for (const line of parts) yield JSON.parse(line)
  }
}

describe('files', () => {
  test('are written, listed, read and deleted', async () => {
    const session = await newSession()
    expect(
      (await at(session, 'files/shop/web.yaml', { method: 'PUT', body: 'kind: Pod\n' })).status,
    ).toBe(201)
    expect(
      (await at(session, 'files/shop/web.yaml', { method: 'PUT', body: 'kind: Service\n' })).status,
    ).toBe(204)
    expect(await filesOf(session)).toEqual([
      '.bashrc',
      '.kube',
      '.kube/config',
      '.profile',
      'shop',
      'shop/web.yaml',
    ])
    const read = await at(session, 'files/shop/web.yaml')
    expect(read.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(await read.text()).toBe('kind: Service\n')
    expect((await at(session, 'files/shop', { method: 'DELETE' })).status).toBe(204)
    expect((await at(session, 'files/shop/web.yaml')).status).toBe(404)
  })

  test('outlive the memory, whatever bytes they are', async () => {
    const session = await newSession()
    const bytes = Uint8Array.from({ length: 2_500_000 }, (_, index) => index % 251)
    await at(session, 'files/large.bin', { method: 'PUT', body: bytes })
    await run(session, 'mkdir empty; ln -s large.bin link; chmod 600 large.bin')
    await abortAllDurableObjects()
    const read = await at(session, 'files/large.bin')
    expect(read.headers.get('content-type')).toBe('application/octet-stream')
    const back = new Uint8Array(await read.arrayBuffer())
    expect([back.length, back.findIndex((byte, index) => byte !== bytes[index])]).toEqual([
      bytes.length,
      -1,
    ])
    expect(await run(session, 'stat -c %A large.bin; readlink link; ls -d empty')).toMatchObject({
      stdout: '-rw-------\nlarge.bin\nempty\n',
    })
  })

  test.each([
    ['a/../../etc/passwd', 400],
    ['%2e%2e/etc/passwd', 400],
    ['a//b', 400],
    ['a%00b', 400],
    ['x'.repeat(300), 400],
    ['%ff', 400],
    ['.bashrc/inside', 400],
    ['.kube', 400],
  ])('PUT %s is refused', async (path, status) => {
    const session = await newSession()
    const answer = await at(session, `files/${path}`, { method: 'PUT', body: 'x' })
    // a URL's dots are resolved before the request leaves
    expect([status, 405]).toContain(answer.status)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
  })

  test.each(['~/shop/web.yaml', '%2Fhome%2Flearner%2Fshop/web.yaml', '/shop/../shop/web.yaml'])(
    'PUT %s is a path of the home folder',
    async (path) => {
      const session = await newSession()
      const put = await at(session, `files/${path}`.replace('//', '/'), {
        method: 'PUT',
        body: 'x',
      })
      expect(put.status).toBe(201)
      expect(await filesOf(session)).toContain('shop/web.yaml')
    },
  )

  test('that are scripts may be run', async () => {
    const session = await newSession()
    const script = '#!/bin/sh\nsed -i "s/a: b/a: $1/" "$2"\n'
    await at(session, 'files/edit.sh', { method: 'PUT', body: script })
    await run(session, 'kubectl create configmap c --from-literal=a=b')
    expect(
      await run(session, 'kubectl edit cm c', { env: { KUBE_EDITOR: './edit.sh c' } }),
    ).toMatchObject({ exitCode: 0, stdout: 'configmap/c edited\n' })
    expect(await run(session, 'kubectl get cm c -o jsonpath={.data.a}')).toMatchObject({
      stdout: 'c',
    })
  })

  test('may be a kubeconfig of the session', async () => {
    const session = await newSession()
    const kubeconfig = await (await at(session, 'kubeconfig')).text()
    await at(session, 'files/.kube/config', { method: 'PUT', body: kubeconfig })
    expect(await run(session, 'kubectl get ns default -o name')).toMatchObject({
      stdout: 'namespace/default\n',
    })
    const other = kubeconfig.replace(session.id, 'a'.repeat(26))
    await at(session, 'files/other', { method: 'PUT', body: other })
    expect(await run(session, 'kubectl --kubeconfig other get ns')).toMatchObject({
      stderr: expect.stringContaining('was refused'),
      exitCode: 1,
    })
  })

  test('need the key to be changed', async () => {
    const { id } = await newSession()
    const answer = await call(`/api/sessions/${id}/files/a`, { method: 'PUT', body: 'x' })
    expect(answer.status).toBe(403)
    expect((await call(`/api/sessions/${id}/files/a`)).status).toBe(404)
  })

  test('fill the home folder and no more', async () => {
    const session = await newSession()
    const body = 'x'.repeat(2_800_000)
    expect((await at(session, 'files/a', { method: 'PUT', body })).status).toBe(201)
    const full = await at(session, 'files/b', { method: 'PUT', body })
    expect([full.status, (await full.json<{ title: string }>()).title]).toEqual([
      507,
      'No space left',
    ])
    expect(await run(session, 'cp a c')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('No space left on device'),
    })
    expect(
      (await at(session, 'files/c', { method: 'PUT', body: 'y'.repeat(3 * 1024 * 1024 + 1) }))
        .status,
    ).toBe(413)
  })

  test('may be there from the beginning', async () => {
    const session = await newSession({
      template: 'bare',
      files: { 'web.yaml': 'kind: Pod\n', 'a/b': '' },
    })
    expect(await filesOf(session)).toContain('web.yaml')
    expect(await run(session, 'cat web.yaml; ls a')).toMatchObject({ stdout: 'kind: Pod\nb\n' })
    const refused = await call('/api/sessions', withBody('POST', { files: { '../x': '' } }))
    expect(refused.status).toBe(400)
  })
})

describe('a command', () => {
  test("runs to its end on the learner's computer", async () => {
    const session = await newSession()
    expect(
      await run(session, 'cat > a.txt; wc -l < a.txt; ls nowhere', { stdin: '1\n2\n' }),
    ).toEqual({
      stdout: '2\n',
      stderr: "ls: cannot access 'nowhere': No such file or directory\n",
      exitCode: 2,
    })
    expect(await run(session, 'pwd; echo $A', { cwd: '/tmp', env: { A: 'b' } })).toMatchObject({
      stdout: '/tmp\nb\n',
    })
    expect(await (await at(session, 'files/a.txt')).text()).toBe('1\n2\n')
  })

  test('may be sent as a text', async () => {
    const session = await newSession()
    const answer = await at(session, 'shell', {
      method: 'POST',
      body: 'for i in 1 2; do\n  echo $i\ndone\n',
    })
    expect(await answer.json()).toEqual({ stdout: '1\n2\n', stderr: '', exitCode: 0 })
  })

  test('is told as it runs to who asks for lines', async () => {
    const session = await newSession()
    const answer = await at(session, 'shell', {
      method: 'POST',
      headers: { accept: 'application/x-ndjson' },
      body: 'echo a; cat later >&2; while [ ! -s later ]; do sleep 0.05; done; cat later; exit 3',
    })
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson')
    const lines = linesOf(answer)
    expect(await lines.next()).toMatchObject({ value: { stdout: 'a\n' } })
    expect(await lines.next()).toMatchObject({
      value: { stderr: 'cat: later: No such file or directory\n' },
    })
    // it waits for what comes only now
    await at(session, 'files/later', { method: 'PUT', body: 'now\n' })
    expect(await lines.next()).toMatchObject({ value: { stdout: 'now\n' } })
    expect(await lines.next()).toMatchObject({ value: { exitCode: 3 } })
    expect((await lines.next()).done).toBe(true)
  })

  test.each([
    ['a list of words', 'application/json', JSON.stringify({ command: ['echo', "it's", '$HOME'] })],
    ['bytes', 'application/octet-stream', `echo "it's" '$HOME'`],
    ['a form', 'application/x-www-form-urlencoded', `echo "it's" '$HOME'`],
  ])('may be %s', async (_, type, body) => {
    const session = await newSession()
    const headers = { 'content-type': type }
    const answer = await at(session, 'shell', { method: 'POST', headers, body })
    expect(await answer.json()).toMatchObject({ stdout: "it's $HOME\n", stderr: '', exitCode: 0 })
  })

  test('may begin in a folder below', async () => {
    const session = await newSession()
    await at(session, 'files/shop/a', { method: 'PUT', body: 'x' })
    for (const cwd of ['shop', './shop/', '~/shop', '/home/learner/shop'])
      expect(await run(session, 'pwd', { cwd })).toMatchObject({ stdout: '/home/learner/shop\n' })
  })

  test('may come with fields that say nothing', async () => {
    const session = await newSession()
    const ran = await run(session, 'cat', { stdin: null, cwd: null, env: null })
    expect(ran).toEqual({ stdout: '', stderr: '', exitCode: 0 })
  })

  test.each([
    ['{"command": 1}', 'command: must be text, or a list of words'],
    ['{"cmd": "ls"}', 'The fields are command'],
    ['[]', 'The fields are command'],
    ['{', 'The body is not JSON'],
    ['{"command": "ls", "cwd": "/nowhere"}', 'there is no folder "/nowhere"'],
  ])('%s is refused', async (body, detail) => {
    const session = await newSession()
    const answer = await at(session, 'shell', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    expect(answer.status).toBe(400)
    expect((await answer.json<{ detail: string }>()).detail).toContain(detail)
  })

  test('goes on while others are answered', async () => {
    const session = await newSession()
    const slow = run(session, 'sleep 0.3; cat later')
    await at(session, 'files/later', { method: 'PUT', body: 'now\n' })
    expect(await run(session, 'echo quick')).toMatchObject({ stdout: 'quick\n' })
    expect(await slow).toEqual({ stdout: 'now\n', stderr: '', exitCode: 0 })
  })

  test('reads and changes the cluster', async () => {
    const session = await newSession()
    await session.json('/api/v1/namespaces/default/configmaps', withBody('POST', configMap('a')))
    const { stdout, stderr, exitCode } = await run(
      session,
      'kubectl get configmap a -o name | sed s/a$/b/',
    )
    expect([stdout, stderr, exitCode]).toEqual(['configmap/b\n', '', 0])
  })

  test('is only a look without the key', async () => {
    const session = await newSession()
    const looked = await call(`/api/sessions/${session.id}/shell`, {
      method: 'POST',
      body: 'echo x > mine; cat mine',
    })
    expect(await looked.json()).toMatchObject({ stdout: 'x\n' })
    expect(await filesOf(session)).not.toContain('mine')
  })

  test('that works for ever is stopped', async () => {
    const session = await newSession()
    expect(await run(session, 'echo a; while true; do :; done')).toEqual({
      stdout: 'a\n',
      stderr: 'bash: stopped: it worked for too long without an end\n',
      exitCode: 137,
    })
    const { stdout, stderr } = await run(session, 'yes')
    expect([stdout.length, stderr]).toEqual([
      1024 * 1024,
      'bash: stopped: more than 1 MiB of output\n',
    ])
  })

  test('whose client has gone is ended', async () => {
    const session = await newSession()
    const gone = new AbortController()
    const waiting = at(session, 'shell', {
      ...withBody('POST', { command: 'sleep 2; echo late > late' }),
      signal: gone.signal,
    }).catch(() => undefined)
    await run(session, 'true')
    gone.abort()
    await waiting
    await run(session, 'sleep 2.5')
    expect(await filesOf(session)).not.toContain('late')
  })

  test('that takes its time is answered in the end', async () => {
    const session = await newSession()
    expect(await run(session, 'sleep 1.5; echo late')).toEqual({
      stdout: 'late\n',
      stderr: '',
      exitCode: 0,
    })
  })

  test('is one of so many', async () => {
    const session = await newSession()
    const all = await Promise.all(
      Array.from({ length: 22 }, () =>
        at(session, 'shell', withBody('POST', { command: 'sleep 0.5' })),
      ),
    )
    expect(all.filter(({ status }) => status === 429)).toHaveLength(2)
  })

  test('of a session that is not there finds none', async () => {
    const { id } = await newSession()
    expect(
      (await call(`/api/sessions/${'a'.repeat(26)}/shell`, { method: 'POST', body: 'ls' })).status,
    ).toBe(404)
    expect(
      (await call(`/api/sessions/${id}.${'a'.repeat(26)}/shell`, { method: 'POST', body: 'ls' }))
        .status,
    ).toBe(401)
    expect(env.SESSIONS).toBeDefined()
  })
})
