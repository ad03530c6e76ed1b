// The page in a real browser, before the product as `npm start` serves it.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { launchBrowser } from '../support/browser.mjs'
import { freePort, serve } from '../support/serve.mjs'
import { createSession } from '../support/session.mjs'

const storage = mkdtempSync(path.join(tmpdir(), 'kubarium-page-'))
let port
let product
let browser
let context
/** What the pages complained about since the test began. */
let complaints = []

before(async () => {
  port = await freePort()
  ;[product, browser] = await Promise.all([serve(port, storage), launchBrowser()])
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

/** A page that notes every error and every breach of the content security policy. `expected`: answers that a test provokes. */
const newPage = async (expected = /(?!)/, viewport = { width: 1440, height: 900 }) => {
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
  return page
}

const request = async (session, url, method, body, contentType = 'application/json') => {
  const answer = await fetch(`${product.url}/k8s/${session.id}.${session.key}${url}`, {
    method,
    headers: { 'content-type': contentType },
    body: JSON.stringify(body),
  })
  const text = await answer.text()
  assert.ok(answer.ok, text)
  return JSON.parse(text)
}

const patch = (session, url, body) =>
  request(session, url, 'PATCH', body, 'application/merge-patch+json')

const deployment = (name, replicas) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'web', image: 'nginx', ports: [{ containerPort: 80 }] }] },
    },
  },
})

const service = (name, selected = name) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app: selected }, ports: [{ port: 80 }] },
})

const TELEPHONE = { width: 375, height: 812 }

const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments'
const SERVICES = '/api/v1/namespaces/default/services'
const PODS = '/api/v1/namespaces/default/pods'

const live = (page) => page.getByRole('status').getByText('live', { exact: true }).waitFor()
const nodes = (page) => page.getByRole('region', { name: 'Nodes' })
const readyPods = (page) => nodes(page).locator('.pod:has(.sign.ready)')
const rowOf = (page, name) =>
  page.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) })
const endpoints = (page, name) => rowOf(page, name).getByRole('listitem')

/** Waits until there are exactly so many. */
const waitForCount = async (locator, count) => {
  if (count > 0) await locator.nth(count - 1).waitFor()
  await locator.nth(count).waitFor({ state: 'detached' })
}

const overflow = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

describe('the start page', () => {
  test('makes a cluster by its one button, with the keyboard alone', async () => {
    const page = await newPage()
    await page.goto(product.url)
    await page.keyboard.press('Tab')
    const button = page.getByRole('button', { name: 'Make a cluster' })
    assert.equal(await button.evaluate((it) => it === document.activeElement), true)
    assert.equal(await button.evaluate((it) => getComputedStyle(it).outlineStyle), 'solid')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/s\/[a-z2-7]{26}#:[a-z2-7]{26}$/)
    await live(page)
    await waitForCount(nodes(page).getByRole('article'), 3)
    await page.getByText('you can change it').waitFor()
  })
})

describe('the session page', () => {
  test('shows Pods and endpoints appear, and a deleted one being replaced', async () => {
    const session = await createSession(product.url)
    const page = await newPage()
    await page.goto(session.links.edit)
    await live(page)
    await request(session, DEPLOYMENTS, 'POST', deployment('web', 3))
    await request(session, SERVICES, 'POST', service('web'))
    await waitForCount(readyPods(page), 3)
    await waitForCount(endpoints(page, 'web'), 3)
    assert.equal(await rowOf(page, 'web').locator('.not-ready').count(), 0)

    const victim = (await readyPods(page).first().locator('.name').textContent()).trim()
    await request(session, `${PODS}/${victim}`, 'DELETE')
    await nodes(page).getByText(victim).waitFor({ state: 'detached' })
    await waitForCount(readyPods(page), 3)
    await waitForCount(endpoints(page, 'web').locator(':scope:not(.not-ready)'), 3)
  })

  test('shows a Pod whose image is not there, and a machine that is switched off', async () => {
    const session = await createSession(product.url)
    const page = await newPage()
    await page.goto(session.links.view)
    await live(page)
    const broken = deployment('broken', 1)
    broken.spec.template.spec.containers[0].image = 'nginx:no-such-tag'
    await request(session, DEPLOYMENTS, 'POST', broken)
    await nodes(page).getByText('ImagePullBackOff').waitFor()
    await patch(session, '/apis/kubarium.dev/v1/machines/node-3', { spec: { power: 'Off' } })
    await page.getByRole('article', { name: 'node-3' }).getByText('machine is off').waitFor()
  })

  test('shows what others wrote as text', async () => {
    const title = '<img src=x onerror=console.error(1)> {{1}} &amp;'
    const session = await createSession(product.url, { title })
    const page = await newPage()
    await page.goto(session.links.view)
    await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor()
    assert.equal(await page.title(), `${title} · Kubarium`)
    assert.equal(await page.locator('img').count(), 0)
  })

  test('fits a telephone, however long names are', async () => {
    const session = await createSession(product.url, { title: 'x'.repeat(200) })
    const [long, selected] = ['s'.repeat(63), 'l'.repeat(63)]
    await request(session, SERVICES, 'POST', service(long, selected))
    await request(session, DEPLOYMENTS, 'POST', deployment('d'.repeat(50), 2))
    const page = await newPage(undefined, TELEPHONE)
    await page.goto(session.links.edit)
    await waitForCount(readyPods(page), 2)
    await rowOf(page, long).waitFor()
    assert.equal(await overflow(page), 0)
    await page.goto(product.url)
    assert.equal(await overflow(page), 0)
  })

  test('lives in more tabs than a browser would let watch each resource', async () => {
    const session = await createSession(product.url)
    const first = await newPage()
    const tabs = [first, await context.newPage(), await context.newPage(), await context.newPage()]
    for (const page of tabs) {
      await page.goto(session.links.edit)
      await live(page)
    }
    await request(session, SERVICES, 'POST', service('web'))
    for (const page of tabs) await rowOf(page, 'web').waitFor()
  })

  test('says how many are here, and what others call it', async () => {
    const session = await createSession(product.url)
    const page = await newPage()
    await page.goto(session.links.view)
    await live(page)
    assert.equal(await page.getByText('people here').count(), 0)
    const other = await context.newPage()
    await other.goto(session.links.edit)
    await page.getByText('2 people here').waitFor()
    await fetch(session.links.self, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${session.key}` },
      body: JSON.stringify({ title: 'Day two', description: 'Services <b>and</b> Pods' }),
    })
    await page.getByRole('heading', { level: 1, name: 'Day two' }).waitFor()
    await page.getByText('Services <b>and</b> Pods').waitFor()
    await other.close()
    await page.getByText('people here').waitFor({ state: 'detached' })
  })

  test('says that the server is gone, keeps what it showed, and recovers', async () => {
    const session = await createSession(product.url)
    await request(session, SERVICES, 'POST', service('before'))
    const page = await newPage(
      /ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE|status of 50/,
      TELEPHONE,
    )
    await page.goto(session.links.edit)
    await live(page)
    // it keeps only what it has shown
    await rowOf(page, 'before').waitFor()
    await product.stop()
    await page.getByRole('status').getByText('No connection to the server').waitFor()
    await rowOf(page, 'before').waitFor()
    assert.equal(await overflow(page), 0)
    product = await serve(port, storage)
    await request(session, SERVICES, 'POST', service('after'))
    await live(page)
    await rowOf(page, 'after').waitFor()
  })
})

describe('a link', () => {
  test('that lets its holder look says so and gives a kubeconfig that looks', async () => {
    const session = await createSession(product.url)
    const page = await newPage()
    await page.goto(session.links.view)
    await live(page)
    await page.getByText('view only').waitFor()
    const lines = await page.getByLabel('Point it at this cluster').textContent()
    assert.match(
      lines,
      new RegExp(`^curl -s ${product.url}/api/sessions/${session.id}/kubeconfig > `),
    )
    assert.equal((await page.content()).includes(session.key), false)
  })

  test('to a cluster that is not there leads on', async () => {
    const page = await newPage(/status of 404/)
    for (const id of ['a'.repeat(26), 'nonsense', '%00', '<script>']) {
      await page.goto(`${product.url}/s/${id}`)
      await page.getByRole('heading', { name: 'There is no such cluster' }).waitFor()
    }
    await page.getByRole('link', { name: 'Make a new cluster' }).click()
    await page.getByRole('button', { name: 'Make a cluster' }).waitFor()
  })

  test('with a wrong key leads to looking', async () => {
    const session = await createSession(product.url)
    const page = await newPage(/status of 401/)
    await page.goto(`${session.links.view}#:${'a'.repeat(26)}`)
    await page.getByRole('heading', { name: 'The key in this link is wrong' }).waitFor()
    await page.getByRole('link', { name: 'Look at the cluster' }).click()
    await live(page)
  })

  test('whose key is changed meanwhile leads to looking', async () => {
    const session = await createSession(product.url)
    const page = await newPage()
    await page.goto(session.links.edit)
    await live(page)
    await fetch(`${session.links.self}/key`, {
      method: 'POST',
      headers: { authorization: `Bearer ${session.key}` },
    })
    await page.getByRole('heading', { name: 'The key in this link is wrong' }).waitFor()
    await page.getByRole('link', { name: 'Look at the cluster' }).click()
    await live(page)
  })

  test('to a cluster that is deleted meanwhile says so', async () => {
    const session = await createSession(product.url)
    const page = await newPage(/status of 404/)
    await page.goto(session.links.edit)
    await live(page)
    await fetch(`${product.url}/api/sessions/${session.id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${session.key}` },
    })
    await page.getByRole('heading', { name: 'There is no such cluster' }).waitFor()
  })
})
