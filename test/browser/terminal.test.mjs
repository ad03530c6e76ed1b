// The course in the terminal of the page, before the product as `npm start` serves it.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
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

const pressTimes = async (page, key, times) => {
  for (let left = times; left > 0; left--) await page.keyboard.press(key)
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

  test('costs a page at most 95 kB, when it is opened', async () => {
    const session = await createSession(product.url)
    const context = await browser.newContext()
    const page = await context.newPage()
    const loaded = []
    await page.goto(session.links.edit)
    const button = page.getByRole('button', { name: 'Open the terminal' })
    await button.waitFor()
    page.on('request', (request) => {
      if (!request.url().includes('/api/')) loaded.push(request.url())
    })
    await button.click()
    await page.locator('.xterm-rows').getByText('learner@workstation').first().waitFor()
    await context.close()
    assert.deepEqual(loaded, [`${product.url}/terminal.js`])
    const script = await (await fetch(loaded[0])).arrayBuffer()
    const bytes = gzipSync(script).length
    assert.ok(bytes <= 95_000, `${bytes} bytes`)
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
    await screen.getByText('The shell has ended. Press Enter for a new one.').waitFor()
    await page.keyboard.press('Enter')
    await enter('cat note')
    await screen.getByText('kept', { exact: true }).waitFor()
    assert.deepEqual(complaints, [])
    await close()
  })

  test('edits a line that takes several rows', async () => {
    const session = await createSession(product.url)
    const viewport = { width: 375, height: 812 }
    const { page, screen, enter, complaints, close } = await openTerminal(session, viewport)
    await page.keyboard.type(`echo ${'x'.repeat(60)} ${'y'.repeat(40)}`)
    await pressTimes(page, 'Backspace', 40)
    await page.keyboard.type('end')
    await page.keyboard.press('Home')
    await page.keyboard.press('Control+ArrowRight')
    await enter(' -n begin')
    await enter('')
    await screen.getByText(/learner@workstation:~\$ echo -n begin\s*x+$/).waitFor()
    await page.keyboard.press('Control+r')
    await page.keyboard.type('begin')
    await screen.getByText("(reverse-i-search)`begin': echo -n").waitFor()
    await page.keyboard.press('Control+u')
    await enter('clear; echo done')
    await screen.getByText('done', { exact: true }).waitFor()
    assert.equal((await screen.innerText()).trim(), 'done\nlearner@workstation:~$')
    assert.deepEqual(complaints, [])
    await close()
  })

  test('paints what can be read, within the policy of the page', async () => {
    const session = await createSession(product.url)
    const { page, screen, enter, complaints, close } = await openTerminal(session)
    // a white, a yellow, and a grey of 24 bits
    await enter(
      String.raw`printf '\e[97mwhite\e[33myellow\e[38;2;250;250;250mgrey\e[0m\n'; echo shown`,
    )
    await screen.getByText('shown', { exact: true }).waitFor()
    const contrasts = await page.evaluate(() => {
      const luminance = (colour) => {
        const [red, green, blue] = colour
          .match(/[\d.]+/g)
          .map((part) => part / 255)
          .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue
      }
      return ['white', 'yellow', 'grey'].map((text) => {
        const spans = [...document.querySelectorAll('.xterm-rows span')]
        const span = spans.find(({ textContent }) => textContent === text)
        return 1.05 / (luminance(getComputedStyle(span).color) + 0.05)
      })
    })
    assert.ok(Math.min(...contrasts) >= 4.5, `contrasts ${contrasts.join(', ')}`)
    assert.deepEqual(complaints, [])
    await close()
  })

  test('copies what is selected and interrupts where nothing is', async () => {
    const session = await createSession(product.url)
    const { page, screen, enter, close } = await openTerminal(session)
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await enter('echo clipped')
    // what is pressed lies above what is shown
    await screen.getByText('clipped', { exact: true }).dblclick({ force: true })
    await page.keyboard.press('Control+c')
    // the browser writes it in its own time
    await page.waitForFunction(async () => (await navigator.clipboard.readText()) === 'clipped')
    await page.keyboard.type('echo again-')
    await page.keyboard.press('Control+v')
    await page.keyboard.press('Enter')
    await screen.getByText('again-clipped', { exact: true }).waitFor()
    await enter('sleep 1000')
    await page.keyboard.press('Control+c')
    await enter('echo interrupted: $?')
    await screen.getByText('interrupted: 130').waitFor()
    await close()
  })

  test('is left with Shift-Tab', async () => {
    const session = await createSession(product.url)
    const { page, close } = await openTerminal(session)
    await page.getByRole('textbox', { name: 'Terminal input' }).focus()
    await page.keyboard.press('Shift+Tab')
    const focused = page.locator(':focus')
    assert.equal(await focused.innerText(), 'Close')
    await close()
  })

  test('is open again when the page was loaded anew, and remembers what was typed', async () => {
    const session = await createSession(product.url)
    const { page, screen, enter, complaints, close } = await openTerminal(session)
    await enter('echo before')
    await screen.getByText('before', { exact: true }).waitFor()
    await page.reload()
    await screen.getByText('learner@workstation:~$').first().waitFor()
    await page.getByRole('textbox', { name: 'Terminal input' }).focus()
    await page.keyboard.press('ArrowUp')
    await screen.getByText('learner@workstation:~$ echo before').waitFor()
    assert.deepEqual(complaints, [])
    await close()
  })

  test('comes back when the connection breaks, and keeps what is being edited', async () => {
    const session = await createSession(product.url)
    const page = await (await browser.newContext()).newPage()
    page.setDefaultTimeout(30_000)
    const sockets = []
    await page.routeWebSocket(/\/terminal$/, (socket) => {
      socket.connectToServer()
      sockets.push(socket)
    })
    await page.goto(session.links.edit)
    await page.getByRole('button', { name: 'Open the terminal' }).click()
    const screen = page.locator('.xterm-rows')
    await screen.getByText('learner@workstation:~$').first().waitFor()
    await page.keyboard.type('nano kept.yaml')
    await page.keyboard.press('Enter')
    await page.getByRole('textbox', { name: 'kept.yaml' }).fill('kind: Service\n')
    await sockets[0].close()
    await screen.getByText('Connected again.').waitFor()
    await page.getByRole('button', { name: 'Save' }).click()
    await screen.getByText('Saved as ~/kept.yaml.').waitFor()
    await page.keyboard.type('cat kept.yaml')
    await page.keyboard.press('Enter')
    await screen.getByText('kind: Service', { exact: true }).waitFor()
    await page.context().close()
  })

  test('has the keys that a telephone lacks', async () => {
    const session = await createSession(product.url)
    const context = await browser.newContext({
      viewport: { width: 375, height: 812 },
      hasTouch: true,
      isMobile: true,
    })
    const page = await context.newPage()
    page.setDefaultTimeout(30_000)
    await page.goto(session.links.edit)
    await page.getByRole('button', { name: 'Open the terminal' }).tap()
    const screen = page.locator('.xterm-rows')
    await screen.getByText('learner@workstation:~$').first().waitFor()
    await page.keyboard.type('kubectl get svc -w')
    await page.keyboard.press('Enter')
    await screen.getByText('10.96.0.1').waitFor()
    const keys = page.getByRole('group', { name: 'Keys' })
    await keys.getByRole('button', { name: 'Ctrl-C' }).tap()
    await screen.getByText('^C').waitFor()
    await keys.getByRole('button', { name: 'Up' }).tap()
    await keys.getByRole('button', { name: 'Ctrl-C' }).tap()
    await screen.getByText('kubectl get svc -w^C').waitFor()
    for (const button of await page.locator('.computer button').all()) {
      const { width, height } = await button.boundingBox()
      assert.ok(width >= 44 && height >= 44, `${await button.innerText()}: ${width} x ${height}`)
    }
    await context.close()
  })
})

/** An editor's text after keys, and what its last line says. ^X: Ctrl and a letter. */
const editWith = async (page, enter, command, keys) => {
  await enter(command)
  const area = page.getByRole('dialog').getByRole('textbox')
  await area.waitFor()
  for (const key of keys) {
    if (/^\^.$/.test(key)) await page.keyboard.press(`Control+${key[1]}`)
    else if (/^(?:Escape|Enter)$/.test(key)) await page.keyboard.press(key)
    else await page.keyboard.type(key)
  }
  return { area, status: page.getByRole('dialog').getByRole('status') }
}

describe("the editors' keys", () => {
  let session
  before(async () => {
    session = await createSession(product.url, { files: { 'two.yaml': 'one: 1\ntwo: 2\n' } })
  })

  const VI = [
    ['insert and append', ['iA', 'Escape', 'A!', 'Escape', 'Ix', 'Escape'], 'xAone: 1!\ntwo: 2\n'],
    ['open lines', ['oa', 'Escape', 'Ob', 'Escape'], 'one: 1\nb\na\ntwo: 2\n'],
    ['move lines', ['ddp'], 'two: 2\none: 1\n'],
    ['copy lines', ['yyGp'], 'one: 1\ntwo: 2\none: 1\n'],
    ['delete what was counted', ['2dd'], ''],
    ['delete words and characters', ['dwx'], ' 1\ntwo: 2\n'],
    ['change a word', ['jcwthree', 'Escape'], 'one: 1\nthree: 2\n'],
    ['replace a character', ['$r9'], 'one: 9\ntwo: 2\n'],
    ['search', ['/2', 'Enter', 'r7'], 'one: 1\ntwo: 7\n'],
    ['substitute', [':%s/: /=/', 'Enter'], 'one=1\ntwo=2\n'],
    ['go to a line', [':2', 'Enter', 'D'], 'one: 1\n\n'],
    ['undo and repeat', ['ddx', 'u', 'u', '^r'], 'two: 2\n'],
    ['join', ['J'], 'one: 1 two: 2\n'],
  ]

  test('vi changes a text', async () => {
    const { page, enter, complaints, close } = await openTerminal(session)
    for (const [what, keys, text] of VI) {
      const { area } = await editWith(page, enter, 'vi two.yaml', keys)
      assert.equal(await area.inputValue(), text, what)
      await page.keyboard.press('Escape')
      await page.keyboard.type(':q!')
      await page.keyboard.press('Enter')
      await area.waitFor({ state: 'detached' })
    }
    assert.deepEqual(complaints, [])
    await close()
  })

  test('vi saves with :wq and does not lose what was not saved', async () => {
    const { page, screen, enter, close } = await openTerminal(session)
    const keys = ['ikind: Service', 'Escape', ':q', 'Enter']
    const { status } = await editWith(page, enter, 'vim new.yaml', keys)
    await status.getByText('E37: No write since last change (add ! to override)').waitFor()
    await page.keyboard.type(':wq')
    await page.keyboard.press('Enter')
    await enter('wc new.yaml')
    await screen.getByText(/^ *1 +2 +14 new.yaml$/).waitFor()
    await close()
  })

  test('nano writes with ^O, asks at ^X, cuts and pastes lines', async () => {
    const { page, screen, enter, close } = await openTerminal(session)
    const keys = ['kind: Service', '^o', 'Enter', '^k', '^u', '^u', '^x']
    const { status } = await editWith(page, enter, 'nano other.yaml', keys)
    await status.getByText('Save modified buffer?').waitFor()
    await page.keyboard.type('y')
    await page.keyboard.press('Enter')
    await enter('cat other.yaml')
    await screen.getByText('kind: Servicekind: Service', { exact: true }).waitFor()
    await close()
  })
})
