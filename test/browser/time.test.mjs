// The session's time on the page: its clock, its past, and what of it is handed on, before the product as `npm start` serves it.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { launchBrowser } from '../support/browser.mjs'
import { freePort, serve } from '../support/serve.mjs'
import { createSession } from '../support/session.mjs'

const storage = mkdtempSync(path.join(tmpdir(), 'kubarium-time-'))
let product
let browser
let context
/** What the pages complained about since the test began. */
let complaints = []

before(async () => {
  ;[product, browser] = await Promise.all([serve(await freePort(), storage), launchBrowser()])
})

after(async () => {
  await browser?.close()
  await product?.stop()
  rmSync(storage, { recursive: true, force: true })
})

afterEach(async () => {
  await context?.close()
  const found = complaints
  complaints = []
  assert.deepEqual(found, [])
})

const WIDE = { width: 1440, height: 900 }
const TELEPHONE = { width: 375, height: 812 }

/** A page that notes every error and every breach of the content security policy. `expected`: answers that a test provokes. */
const open = async (address, { expected = /(?!)/, viewport = WIDE } = {}) => {
  await context?.close()
  context = await browser.newContext({ viewport })
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      console.error(`breach of ${violatedDirective}: ${blockedURI}`),
    )
  })
  context.on('console', (message) => {
    if (message.type() === 'error' && !expected.test(message.text()))
      complaints.push(message.text())
  })
  context.on('weberror', (error) => complaints.push(String(error.error())))
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  await page.goto(address)
  return page
}

const ask = async (session, call, method = 'GET', body = undefined) => {
  const answer = await fetch(`${product.url}/api/sessions/${session.id}${call}`, {
    method,
    headers: { authorization: `Bearer ${session.key}` },
    ...(body === undefined ? {} : { body }),
  })
  const text = await answer.text()
  assert.ok(answer.ok, text)
  return JSON.parse(text)
}

const WEB = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: nginx, ports: [{ containerPort: 80 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
`

/** A session that stands, with a Deployment of which nothing has started yet. */
const pausedSession = async () => {
  const session = await createSession(product.url, { title: 'Day two', paused: true })
  await ask(session, '/clock', 'POST', '{"advance":"1m"}')
  await ask(session, '/apply', 'POST', WEB)
  return session
}

/** The same when all of it runs. */
const startedSession = async () => {
  const session = await pausedSession()
  await ask(session, '/clock', 'POST', '{"advance":"1m"}')
  return session
}

/** The newest revision of which the history says so. */
const revisionOf = async (session, says) => {
  const { revisions } = await ask(session, '/history?limit=1000')
  const found = revisions.findLast(({ what }) => says.test(what.says))
  assert.ok(found, `the history says nothing of ${says}`)
  return found.revision
}

const live = (page) => page.getByRole('status').getByText('live', { exact: true }).waitFor()
const nodes = (page) => page.getByRole('region', { name: 'Nodes' })
const time = (page) => page.getByRole('region', { name: 'Time' })
const button = (page, name) => page.getByRole('button', { name, exact: true })
const pods = (page) => nodes(page).locator('.pod')
const readyPods = (page) => nodes(page).locator('.pod:has(.sign.ready)')

const waitForCount = async (locator, count) => {
  if (count > 0) await locator.nth(count - 1).waitFor()
  await locator.nth(count).waitFor({ state: 'detached' })
}

const overflow = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

/** What the clock on the page shows, in milliseconds. */
const shownTime = async (page) =>
  Date.parse(await time(page).locator('time').getAttribute('datetime'))

describe('the clock', () => {
  test('is paused, run at another speed and shown to everybody who looks', async () => {
    const session = await createSession(product.url)
    const page = await open(session.links.edit)
    await live(page)
    const viewer = await context.newPage()
    await viewer.goto(session.links.view)
    await time(viewer).getByText('running', { exact: true }).waitFor()
    await button(page, 'Pause').click()
    await time(viewer).getByText('paused', { exact: true }).waitFor()
    assert.equal((await ask(session, '/clock')).running, false)
    await page.getByLabel('Speed').selectOption('10×')
    await time(viewer).getByText('running at 10×').waitFor()
    await button(page, 'Pause').waitFor()
    // whoever only looks is offered nothing that he may not do
    assert.deepEqual(await time(viewer).getByRole('button').allTextContents(), ['History'])
  })

  test('steps to the next thing that happens, with the keyboard, and says what it was', async () => {
    const session = await pausedSession()
    const page = await open(session.links.edit)
    await live(page)
    await button(page, 'Step').focus()
    for (let steps = 0; steps < 40 && (await readyPods(page).count()) < 2; steps++) {
      const { revision } = await ask(session, '/clock')
      await page.keyboard.press('Enter')
      await page.waitForFunction(
        () => document.querySelector('[aria-label=Time][role=group]').ariaBusy === 'false',
      )
      assert.match(await time(page).getByRole('status').textContent(), / later: \S/)
      assert.ok((await ask(session, '/clock')).revision > revision)
    }
    await waitForCount(readyPods(page), 2)
  })

  test('goes on by a span, and the ages with it', async () => {
    const session = await pausedSession()
    const page = await open(session.links.edit)
    await live(page)
    const start = await shownTime(page)
    await button(page, 'Go on by 1 hour').click()
    await time(page).getByText('1 hour later').waitFor()
    assert.equal((await shownTime(page)) - start, 3_600_000)
    await time(page).getByText('age 61m').waitFor()
    await waitForCount(readyPods(page), 2)
  })
})

describe('the past', () => {
  test('is chosen from the history, shows the cluster of then and what led to it', async () => {
    const session = await startedSession()
    const created = await revisionOf(session, /^Pod default\/web-\S+ was created/)
    const page = await open(session.links.edit)
    await waitForCount(readyPods(page), 2)
    await button(page, 'History').click()
    const line = page.getByRole('list', { name: 'History' }).getByRole('link')
    await line
      .filter({ hasText: /^\S+Pod default\/web-\S+ was created/ })
      .first()
      .click()
    await page.getByText(`This is the cluster as of revision ${created}, `).waitFor()
    assert.equal(page.url(), `${product.url}/s/${session.id}@${created}#:${session.key}`)
    await waitForCount(pods(page), 2)
    await waitForCount(readyPods(page), 0)
    // nothing that would change it is offered
    assert.equal(await time(page).count(), 0)
    assert.equal(await button(page, 'Open the terminal').count(), 0)
    // how it came about, back to somebody outside
    const causes = page.locator('.causes')
    await causes.getByText(/ReplicaSet default\/web-\S+ was created/).waitFor()
    await causes.getByText('Because kubernetes-admin asked for it').waitFor()
    await page.getByRole('link', { name: 'Back to now' }).click()
    await waitForCount(readyPods(page), 2)
    await time(page).waitFor()
    // the way back leads there again
    await page.goBack()
    await page.getByText(`This is the cluster as of revision ${created}, `).waitFor()
    await waitForCount(readyPods(page), 0)
  })

  test('is gone through with the arrow keys, and one step of the way back leaves it', async () => {
    const session = await startedSession()
    const page = await open(session.links.view)
    await waitForCount(readyPods(page), 2)
    await button(page, 'History').click()
    const slider = page.getByRole('slider', { name: 'Moment' })
    assert.equal(await slider.getAttribute('aria-valuetext'), 'now')
    await slider.focus()
    await page.keyboard.press('ArrowLeft')
    await page.getByText('This is the cluster as of revision').waitFor()
    const first = page.url()
    await page.keyboard.press('PageDown')
    await page.waitForURL((url) => url.href !== first && url.pathname.includes('@'))
    assert.match(await slider.getAttribute('aria-valuetext'), /^revision \d+: \S/)
    await page.goBack()
    await live(page)
    assert.equal(page.url(), session.links.view)
  })

  test('is opened by its link without waking the session, and forked', async () => {
    const session = await startedSession()
    const at = await revisionOf(session, /^Pod default\/web-\S+ was created/)
    const page = await open(`${session.links.view}@${at}`, { viewport: TELEPHONE })
    await page.getByText(`This is the cluster as of revision ${at}, `).waitFor()
    await waitForCount(pods(page), 2)
    assert.equal(await overflow(page), 0)
    assert.equal((await ask(session, '')).presence.viewers, 0)
    await button(page, 'Fork from here').click()
    await page.waitForURL(/\/s\/[a-z2-7]{26}#:[a-z2-7]{26}$/)
    await live(page)
    await page.getByText('you can change it').waitFor()
    assert.ok(!page.url().includes(session.id))
    await waitForCount(readyPods(page), 0)
  })

  test('leaves the terminal as it was', async () => {
    const session = await startedSession()
    const page = await open(session.links.edit)
    await button(page, 'Open the terminal').click()
    const screen = page.locator('.xterm-rows')
    await screen.getByText('learner@workstation').first().waitFor()
    await page.keyboard.type('answer=$((40 + 2))\n')
    await button(page, 'History').click()
    await page.getByRole('list', { name: 'History' }).getByRole('link').nth(3).click()
    await page.getByText('This is the cluster as of revision').waitFor()
    await screen.waitFor({ state: 'hidden' })
    await page.getByRole('link', { name: 'Back to now' }).click()
    await page.locator('.xterm-screen').click()
    await page.keyboard.type(
      'echo it is still $answer at $(($(stty size | cut -d " " -f 2) > 60))\n',
    )
    await screen.getByText('it is still 42 at 1', { exact: true }).waitFor()
  })

  test('that never was says so and leads to what there is', async () => {
    const session = await startedSession()
    const expected = /status of 404/
    const page = await open(`${session.links.view}@99999`, { expected, viewport: TELEPHONE })
    await page.getByRole('alert').getByText('Revision 99999 cannot be shown').waitFor()
    assert.equal(await overflow(page), 0)
    await page.getByRole('link', { name: 'To the oldest that is kept' }).click()
    await page.getByText('This is the cluster as of revision').waitFor()
    await page.getByRole('link', { name: 'Back to now' }).click()
    await live(page)
  })

  test('of a session that is not there is a session that is not there', async () => {
    const page = await open(`${product.url}/s/${'a'.repeat(26)}@5`, { expected: /status of 404/ })
    await page.getByRole('heading', { name: 'There is no such cluster' }).waitFor()
  })
})

describe('what is handed on', () => {
  test('is a fork for whoever only looks', async () => {
    const session = await startedSession()
    const page = await open(session.links.view)
    await live(page)
    await button(page, 'Fork').click()
    await page.waitForURL(/#:[a-z2-7]{26}$/)
    assert.ok(!page.url().includes(session.id))
    await waitForCount(readyPods(page), 2)
    await page.getByText('you can change it').waitFor()
  })

  test('is a snapshot, which opens, never changes and is forked', async () => {
    const session = await startedSession()
    const page = await open(session.links.edit)
    await button(page, 'Share').click()
    await button(page, 'Make a snapshot').click()
    const link = await page.getByLabel('Snapshot link').inputValue()
    assert.match(link, /\/p\/[a-z2-7]{52}$/)
    await ask(session, '/shell', 'POST', '{"command":"kubectl delete deployment web"}')
    await ask(session, '/clock', 'POST', '{"advance":"1m"}')
    const other = await open(link, { viewport: TELEPHONE })
    await other.getByText('An unchanging snapshot; fork it to go on.').waitFor()
    await other.getByRole('heading', { level: 1, name: 'Day two' }).waitFor()
    await waitForCount(readyPods(other), 2)
    assert.equal(await overflow(other), 0)
    assert.equal(await button(other, 'Open the terminal').count(), 0)
    await button(other, 'Fork it').click()
    await other.waitForURL(/\/s\/[a-z2-7]{26}#:/)
    await waitForCount(readyPods(other), 2)
  })

  test('is a link with the cluster in it, which makes one', async () => {
    const session = await startedSession()
    const page = await open(session.links.view)
    await button(page, 'Share').click()
    // whoever only looks makes no snapshot and no key
    assert.equal(await button(page, 'Make a snapshot').count(), 0)
    assert.equal(await button(page, 'Change the key…').count(), 0)
    await button(page, 'Make the link').click()
    const link = await page.getByLabel('Link with everything in it').inputValue()
    assert.ok(link.startsWith(`${product.url}/#s=`))
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    const other = await open(link, { viewport: TELEPHONE })
    await other.getByRole('heading', { name: 'This link has a cluster in it' }).waitFor()
    assert.equal(await overflow(other), 0)
    await button(other, 'Open the cluster').click()
    await other.waitForURL(/\/s\/[a-z2-7]{26}#:/)
    await waitForCount(readyPods(other), 2)
  })

  test('is no link with the cluster in it if that is too large, and says what is', async () => {
    const session = await startedSession()
    const data = randomBytes(60_000).toString('base64')
    const large = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'l' }, data: { data } }
    await ask(session, '/apply', 'POST', JSON.stringify(large))
    const page = await open(session.links.edit)
    await button(page, 'Share').click()
    await button(page, 'Make the link').click()
    await page.getByText('Share the session or make a snapshot instead.').waitFor()
    await button(page, 'Make a snapshot').click()
    await page.getByLabel('Snapshot link').waitFor()
  })

  test('is another key: the page goes on, the old link does not', async () => {
    const session = await createSession(product.url)
    const page = await open(session.links.edit, { expected: /status of 401/ })
    await live(page)
    await button(page, 'Share').click()
    await button(page, 'Change the key…').click()
    await page.getByText('All edit links and kubeconfigs so far stop working').waitFor()
    await button(page, 'Change the key').click()
    await page.waitForURL((url) => url.hash !== '' && !url.hash.includes(session.key))
    await live(page)
    await button(page, 'Pause').click()
    await time(page).getByText('paused', { exact: true }).waitFor()
    const old = await context.newPage()
    await old.goto(session.links.edit)
    await old.getByRole('heading', { name: 'The key in this link is wrong' }).waitFor()
  })

  test('damaged or not ours says what to do', async () => {
    const page = await open(`${product.url}/#s=abc`, { expected: /status of 400/ })
    const title = page.getByRole('heading', { name: 'The cluster in this link cannot be opened' })
    await title.waitFor()
    await page.getByText('Copy the whole link again.').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Open the cluster' }).count(), 0)
    // it begins as ours do
    await page.goto(`${product.url}/#s=S1MBAAAAAAAA`)
    await button(page, 'Open the cluster').click()
    await page.getByRole('status').getByText(/\S/).waitFor()
    assert.equal(new URL(page.url()).pathname, '/')
    await page.goto(`${product.url}/#s=${'S1MB'.repeat(20_000)}`)
    await page.getByText('too large for a link').waitFor()
  })

  test('leads on when a snapshot is not there', async () => {
    const address = `${product.url}/p/${'a'.repeat(51)}q`
    const page = await open(address, { expected: /status of 404/ })
    await page.getByRole('heading', { name: 'There is no such snapshot' }).waitFor()
    await page.getByRole('link', { name: 'Make a new cluster' }).click()
    await button(page, 'Make a cluster').waitFor()
  })
})

test('the page is small before the terminal comes', async () => {
  const session = await createSession(product.url)
  const page = await open('about:blank')
  const loaded = []
  page.on('response', (answer) => loaded.push(answer))
  await page.goto(session.links.view)
  await live(page)
  const own = loaded.filter((answer) => !/\/api\/|\/k8s\//.test(answer.url()))
  const sizes = await Promise.all(own.map(async (answer) => gzipSync(await answer.body()).length))
  const bytes = sizes.reduce((sum, size) => sum + size, 0)
  assert.ok(own.length > 3)
  assert.ok(bytes <= 60_000, `${bytes} bytes`)
})
