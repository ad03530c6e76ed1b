// The course in the terminal of the page, before the product as `npm start` serves it.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { launchBrowser } from '../support/browser.mjs'
import { freePort, serve } from '../support/serve.mjs'
import { createSession } from '../support/session.mjs'

const storage = mkdtempSync(path.join(tmpdir(), 'kubarium-terminal-'))
let product
let browser

before(async () => {
  ;[product, browser] = await Promise.all([serve(await freePort(), storage), launchBrowser()])
})

after(async () => {
  await browser?.close()
  await product?.stop()
  rmSync(storage, { recursive: true, force: true })
})

/** The page of a session with its terminal open; `complaints` collects what the page has to complain about. */
const openTerminal = async (session, viewport = { width: 1440, height: 900 }) => {
  const context = await browser.newContext({ viewport })
  const complaints = []
  context.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  context.on('weberror', (error) => complaints.push(String(error.error())))
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  await page.goto(session.links.edit)
  await page.getByRole('button', { name: 'Open the terminal' }).click()
  const screen = page.locator('.xterm-rows')
  await screen.getByText('learner@workstation:~$').first().waitFor()
  const enter = async (line) => {
    await page.keyboard.type(line)
    await page.keyboard.press('Enter')
  }
  return { page, screen, enter, complaints, close: () => context.close() }
}

const WEB_SERVICE = `apiVersion: v1
kind: Service
metadata:
  name: web-service
spec:
  selector:
    app: synergychat-web
  ports:
    - protocol: TCP
      port: 80
      targetPort: 8080
`

describe('the terminal', () => {
  test('takes a learner through the course: a file, apply, a copy, a NodePort, curl', async () => {
    const session = await createSession(product.url)
    const { page, screen, enter, complaints, close } = await openTerminal(session)
    await enter(
      'kubectl create deployment synergychat-web --image=bootdotdev/synergychat-web:latest',
    )
    await screen.getByText('deployment.apps/synergychat-web created').waitFor()
    await enter('nano web-service.yaml')
    await page.getByRole('textbox', { name: 'web-service.yaml' }).fill(WEB_SERVICE)
    await page.getByRole('button', { name: 'Save' }).click()
    await enter('kubectl apply -f web-service.yaml')
    await screen.getByText('service/web-service created').waitFor()
    await enter("sed -e 's/web-service/api-service/' web-service.yaml > api-service.yaml")
    await enter(
      "sed -i 's/^spec:/spec:\\n  type: NodePort/; s/8080/&\\n      nodePort: 30080/' api-service.yaml",
    )
    await enter('k apply -f api-service.yaml && k get svc')
    await screen.getByText('service/api-service created').waitFor()
    await screen.getByText(/api-service +NodePort .*80:30080\/TCP/).waitFor()
    await enter('kubectl rollout status deployment/synergychat-web')
    await screen.getByText('deployment "synergychat-web" successfully rolled out').waitFor()
    // kube-proxy takes its moment
    await enter('until curl -sf http://$(minikube ip):30080 > page; do sleep 1; done; wc -l page')
    await screen.getByText(/^\d+ page$/).waitFor()
    assert.deepEqual(complaints, [])
    await close()
  })

  test('fits a telephone and follows its width', async () => {
    const session = await createSession(product.url)
    const viewport = { width: 375, height: 812 }
    const { page, screen, enter, complaints, close } = await openTerminal(session, viewport)
    await enter('stty size | cut -d " " -f 2; echo end')
    await screen.getByText('end', { exact: true }).waitFor()
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    assert.equal(overflow, 0)
    assert.deepEqual(complaints, [])
    await close()
  })

  test('begins a new shell when the old one has ended', async () => {
    const session = await createSession(product.url)
    const { page, screen, enter, complaints, close } = await openTerminal(session)
    await enter('echo kept > note; exit')
    await screen.getByText('The shell has ended. Press a key for a new one.').waitFor()
    await page.keyboard.press('Enter')
    await enter('cat note')
    await screen.getByText('kept', { exact: true }).waitFor()
    assert.deepEqual(complaints, [])
    await close()
  })
})
