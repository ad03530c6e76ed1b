import { describe, expect, test } from 'vitest'
import { kubectlTool } from '#kubectl/kubectl.ts'
import { Desk } from '../../support/workstation.ts'

const newDesk = (): Desk => new Desk({ template: 'bare', delays: 'instant' }, kubectlTool)

/** What curl says to this while a proxy runs in the background. */
const asked = (desk: Desk, flags: string, curl: string): string =>
  desk.run(`kubectl proxy ${flags} >/dev/null 2>&1 & sleep 1; curl -s ${curl}; kill %1`).stdout

const at = (path: string): string => `http://localhost:8001${path}`

describe('kubectl proxy', () => {
  test('says where it serves, and does until ^C', () => {
    const desk = newDesk()
    const seat = desk.terminal()
    const opened = desk.type(seat, 'kubectl proxy\r')
    expect(opened).toContain('Starting to serve on 127.0.0.1:8001\r\n')
    const { stdout } = desk.run(`curl -s ${at('/api/v1/namespaces/default/services')}`)
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'ServiceList',
      items: [{ metadata: { name: 'kubernetes' } }],
    })
    expect(desk.run('kubectl proxy').stderr).toBe(
      'error: listen tcp 127.0.0.1:8001: bind: address already in use\n',
    )
    expect(desk.type(seat, '\x03')).toMatch(/\^C\r\n/)
    expect(desk.run(`curl -s ${at('/version')}`).exitCode).toBe(7)
  })

  test('lets objects be made', () => {
    const desk = newDesk()
    const body = JSON.stringify({ metadata: { name: 'made' } })
    const curl = `-H 'Content-Type: application/json' -d '${body}' ${at('/api/v1/namespaces')}`
    expect(JSON.parse(asked(desk, '', curl))).toMatchObject({ kind: 'Namespace' })
    expect(desk.run('kubectl get ns made -o name').stdout).toBe('namespace/made\n')
  })

  test('shows a watch as far as it has come', () => {
    const line = asked(newDesk(), '', at('/api/v1/nodes?watch=true')).split('\n')[0]!
    expect(JSON.parse(line)).toMatchObject({ type: 'ADDED', object: { kind: 'Node' } })
  })

  // as the real one answered
  test.each([
    ['', `-i ${at('/nope/x')}`, /^HTTP\/1\.1 404 /],
    ['', at('//api//v1'), '<a href="/api/v1">Temporary Redirect</a>.\n\n'],
    ['', at('/api/v1/namespaces/default/pods/web/exec'), 'Forbidden\n'],
    ['', `-H 'Host: evil.example' ${at('/version')}`, 'Forbidden\n'],
    ['--api-prefix=/custom', at('/version'), '404 page not found\n'],
    ['--api-prefix=/custom', at('/custom'), '<a href="/custom/">Temporary Redirect</a>.\n\n'],
    ['--api-prefix=/custom', at('/custom/version'), /"major": "1"/],
    ['--api-prefix=/api', at('/api/v1/namespaces/default'), /"kind": ?"Namespace"/],
    ['--accept-paths=^/api/v1', at('/version'), 'Forbidden\n'],
    ['--reject-methods=POST', `-X POST ${at('/api/v1/namespaces')}`, 'Forbidden\n'],
    ['--disable-filter', `-H 'Host: evil.example' ${at('/version')}`, /"major": "1"/],
    ['--port=8123', 'http://127.0.0.1:8123/version', /"major": "1"/],
    ['--as=nobody', at('/api/v1/secrets'), /User \\"nobody\\" cannot list resource/],
  ])('%s: curl %s', (flags, curl, expected) => {
    expect(asked(newDesk(), flags, curl)).toEqual(
      typeof expected === 'string' ? expected : expect.stringMatching(expected),
    )
  })

  // as the real one answered
  test.each([
    [
      '/static/',
      '<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n<a href="a.txt">a.txt</a>\n<a href="sub/">sub/</a>\n</pre>\n',
    ],
    ['/static/a.txt', 'hello\n'],
    ['/static', '<a href="/static/">Temporary Redirect</a>.\n\n'],
    ['/static/sub/', '<p>index</p>\n'],
    ['/static/nope', '404 page not found\n'],
    ['/version', expect.stringContaining('"gitVersion"')],
  ])('shows files: %s', (path, expected) => {
    const desk = newDesk()
    desk.run('mkdir -p www/sub; echo hello > www/a.txt; echo "<p>index</p>" > www/sub/index.html')
    expect(asked(desk, '--www=www', at(path))).toEqual(expected)
  })
})
