import { describe, expect, test } from 'vitest'
import { call, configMap, newSession, type TestSession, withBody } from './session.ts'

interface Frame {
  readonly type: string
  readonly data?: string
  readonly path?: string
  readonly text?: string
  readonly paths?: readonly string[]
  readonly exitCode?: number
}

/** A page in front of a terminal. */
class Page {
  readonly #socket: WebSocket
  readonly frames: Frame[] = []
  text = ''
  closed: number | undefined
  #wake = (): void => {}

  constructor(socket: WebSocket) {
    this.#socket = socket
    socket.accept()
    socket.addEventListener('message', ({ data }) => {
      const frame = JSON.parse(String(data)) as Frame
      this.frames.push(frame)
      if (frame.type === 'output') this.text += frame.data
      this.#wake()
    })
    socket.addEventListener('close', ({ code }) => {
      this.closed = code
      this.#wake()
    })
  }

  send(frame: object | string): void {
    this.#socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
  }

  type(data: string): void {
    this.send({ type: 'input', data })
  }

  close(): void {
    this.#socket.close()
  }

  async until(isThere: () => boolean): Promise<void> {
    while (!isThere()) await new Promise<void>((resolve) => (this.#wake = resolve))
  }

  /** Until the text has come, then it is forgotten. */
  async see(text: string): Promise<void> {
    await this.until(() => this.text.includes(text))
    this.text = this.text.slice(this.text.indexOf(text) + text.length)
  }
}

const connect = (path: string): Promise<Response> =>
  call(path, { headers: { upgrade: 'websocket' } })

const open = async ({ id, key }: TestSession, capability = `${id}.${key}`): Promise<Page> => {
  const answer = await connect(`/api/sessions/${capability}/terminal`)
  expect(answer.status).toBe(101)
  return new Page(answer.webSocket!)
}

const PROMPT = 'learner@workstation:~$ '

describe('a terminal', () => {
  test('runs what is typed', async () => {
    const page = await open(await newSession())
    await page.see(PROMPT)
    page.type('echo hi | tr a-z A-Z\r')
    await page.see(`HI\r\n${PROMPT}`)
    page.send({ type: 'resize', columns: 100, rows: 30 })
    page.type('echo $COLUMNS\r')
    await page.see(`100\r\n${PROMPT}`)
    page.type('exit 3\r')
    await page.until(() => page.closed !== undefined)
    expect(page.frames.at(-1)).toEqual({ type: 'exit', exitCode: 3 })
  })

  test('shows what happens in the cluster as it happens', async () => {
    const session = await newSession()
    const page = await open(session)
    page.type('kubectl get configmaps -w --no-headers\r')
    await page.see('kube-root-ca.crt ')
    await session.json('/api/v1/namespaces/default/configmaps', withBody('POST', configMap('new')))
    await page.see('\nnew ')
    page.type('\x03')
    await page.see(PROMPT)
    page.type('sleep 0.2; echo slept\r')
    await page.see(`slept\r\n${PROMPT}`)
  })

  test('opens the editor of its page, and tells of files that were written', async () => {
    const session = await newSession()
    const page = await open(session)
    page.type('echo a > a.txt; nano a.txt; cat a.txt\r')
    await page.until(() => page.frames.some(({ type }) => type === 'edit'))
    const { path = '', text } = page.frames.find(({ type }) => type === 'edit')!
    expect([path, text]).toEqual(['/home/learner/a.txt', 'a\n'])
    await page.until(() => page.frames.some(({ paths = [] }) => paths.includes('a.txt')))
    expect(page.frames.filter(({ type }) => type === 'files')).toContainEqual({
      type: 'files',
      paths: expect.arrayContaining(['a.txt']),
    })
    page.send({ type: 'edited', path, text: 'b\n' })
    await page.see(`b\r\n${PROMPT}`)
    const { id, key } = session
    expect(await (await call(`/api/sessions/${id}.${key}/files/a.txt`)).text()).toBe('b\n')
  })

  test('only looks without the key', async () => {
    const session = await newSession()
    const page = await open(session, session.id)
    page.type('kubectl delete namespace default 2>&1 | grep -c cannot; echo x > mine; cat mine\r')
    await page.see(`1\r\nx\r\n${PROMPT}`)
    expect((await call(`/api/sessions/${session.id}/files/mine`)).status).toBe(404)
  })

  test.each([
    ['no JSON', 1003],
    ['{"type": "dance"}', 1003],
    ['{"type": "resize", "columns": -1, "rows": 1e9}', 1003],
    ['null', 1003],
    [JSON.stringify({ type: 'input', data: 'x'.repeat(1024 * 1024) }), 1009],
  ])('hangs up at a frame that it cannot read', async (frame, code) => {
    const page = await open(await newSession())
    page.send(frame)
    await page.until(() => page.closed !== undefined)
    expect(page.closed).toBe(code)
  })

  test('is one of fifty', async () => {
    const session = await newSession()
    const pages: Page[] = []
    for (let count = 0; count < 50; count++) pages.push(await open(session))
    const path = `/api/sessions/${session.id}.${session.key}/terminal`
    const refused = await connect(path)
    expect([refused.status, await refused.json()]).toMatchObject([
      429,
      { title: 'Too many terminals' },
    ])
    pages[0]!.type('exit\r')
    await pages[0]!.until(() => pages[0]!.closed !== undefined)
    pages.push(await open(session))
    pages.at(-1)!.type('echo well\r')
    await pages.at(-1)!.see('well\r\n')
  })

  test('is gone with its session', async () => {
    const session = await newSession()
    const page = await open(session)
    await page.see(PROMPT)
    await call(`/api/sessions/${session.id}.${session.key}`, { method: 'DELETE' })
    await page.until(() => page.closed !== undefined)
    expect(page.frames.at(-1)).toMatchObject({ type: 'exit' })
  })

  test('needs a WebSocket and a session', async () => {
    const { id } = await newSession()
    expect((await call(`/api/sessions/${id}/terminal`)).status).toBe(426)
    expect((await connect(`/api/sessions/${'a'.repeat(26)}/terminal`)).status).toBe(404)
    expect((await connect(`/api/sessions/${id}.${'a'.repeat(26)}/terminal`)).status).toBe(401)
  })
})
